//! Objects of one kind, found by name and kept in declaration order.

use std::borrow::Borrow;
use std::hash::Hash;

use indexmap::IndexMap;
use indexmap::map::Entry;

/// Something with a name that is unique among its kind in its place.
pub trait Object {
    /// What the object is found by.
    type Name: Hash + Eq + Clone;

    /// The object's name.
    fn name(&self) -> &Self::Name;
}

/// Objects of one kind in declaration order.
///
/// Two collections are equal when they hold equal objects, whatever the order: order is how a state is written, not what it is.
#[derive(Debug, Clone)]
pub struct Objects<T: Object>(IndexMap<T::Name, T>);

impl<T: Object> Objects<T> {
    /// Adds an object at the end.
    ///
    /// # Errors
    /// Gives the object back when its name is taken.
    pub fn insert(&mut self, object: T) -> Result<(), T> {
        match self.0.entry(object.name().clone()) {
            Entry::Occupied(_) => Err(object),
            Entry::Vacant(place) => {
                place.insert(object);
                Ok(())
            }
        }
    }

    /// The object of that name.
    #[must_use]
    pub fn get<Q>(&self, name: &Q) -> Option<&T>
    where
        T::Name: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.get(name)
    }

    /// The object of that name, to be changed. Its name must stay as it is.
    pub fn get_mut<Q>(&mut self, name: &Q) -> Option<&mut T>
    where
        T::Name: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.get_mut(name)
    }

    /// Takes the object of that name out.
    pub fn remove<Q>(&mut self, name: &Q) -> Option<T>
    where
        T::Name: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.shift_remove(name)
    }

    /// Whether there is an object of that name.
    #[must_use]
    pub fn contains<Q>(&self, name: &Q) -> bool
    where
        T::Name: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.contains_key(name)
    }

    /// The objects in declaration order.
    #[must_use]
    pub fn iter(&self) -> indexmap::map::Values<'_, T::Name, T> {
        self.0.values()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Object> Default for Objects<T> {
    fn default() -> Self {
        Self(IndexMap::default())
    }
}

impl<T: Object + PartialEq> PartialEq for Objects<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<'a, T: Object> IntoIterator for &'a Objects<T> {
    type Item = &'a T;
    type IntoIter = indexmap::map::Values<'a, T::Name, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

//! Objects of one kind, found by name and kept in declaration order.

use std::borrow::Borrow;
use std::hash::Hash;
use std::iter::Map;
use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::{Entry, Values};

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
///
/// A copy shares the objects until one is changed, since states are many, large, and mostly alike.
#[derive(Debug, Clone)]
pub struct Objects<T: Object>(IndexMap<T::Name, Arc<T>>);

type Iter<'a, T> = Map<Values<'a, <T as Object>::Name, Arc<T>>, fn(&'a Arc<T>) -> &'a T>;

impl<T: Object + Clone> Objects<T> {
    /// The object of that name, to be changed. Its name must stay as it is.
    pub fn get_mut<Q>(&mut self, name: &Q) -> Option<&mut T>
    where
        T::Name: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.get_mut(name).map(Arc::make_mut)
    }

    /// Takes the object of that name out.
    pub fn remove<Q>(&mut self, name: &Q) -> Option<T>
    where
        T::Name: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.shift_remove(name).map(Arc::unwrap_or_clone)
    }
}

impl<T: Object> Objects<T> {
    /// Adds an object at the end.
    ///
    /// # Errors
    /// Gives the object back when its name is taken.
    pub fn insert(&mut self, object: T) -> Result<(), T> {
        match self.0.entry(object.name().clone()) {
            Entry::Occupied(_) => Err(object),
            Entry::Vacant(place) => {
                place.insert(Arc::new(object));
                Ok(())
            }
        }
    }

    /// Keeps only those for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.0.retain(|_, object| keep(object));
    }

    /// The object of that name.
    #[must_use]
    pub fn get<Q>(&self, name: &Q) -> Option<&T>
    where
        T::Name: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.get(name).map(Arc::as_ref)
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
    pub fn iter(&self) -> Iter<'_, T> {
        self.0.values().map(Arc::as_ref)
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
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

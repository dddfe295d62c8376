//! What every handler works with.

use std::time::Instant;

use pg_database::browse::BrowseError;
use pg_database::{ConnectionUrl, Database, QueryError};

use crate::error::ApiError;
use crate::pool::Pool;
use crate::project::Project;
use crate::tabs::Tabs;
use crate::work::Work;

/// What a studio shows, and how.
pub struct Options {
    /// The database.
    pub url: ConnectionUrl,
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// What the project's own code says.
    pub project: Box<dyn Project>,
}

/// What every handler works with.
pub(crate) struct Studio {
    pub(crate) read_only: bool,
    pub(crate) project: Box<dyn Project>,
    pub(crate) pool: Pool,
    pub(crate) tabs: Tabs,
}

impl Studio {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            read_only: options.read_only,
            project: options.project,
            pool: Pool::new(options.url, options.read_only),
            tabs: Tabs::default(),
        }
    }
}

/// One request, as its handler sees it.
pub(crate) struct Call<'a> {
    pub(crate) studio: &'a Studio,
    pub(crate) work: &'a Work,
}

impl Call<'_> {
    /// As [`read`](Self::read), and how long that took the database, in milliseconds.
    pub(crate) fn timed<T>(
        &self,
        mut reading: impl FnMut(&mut Database) -> Result<T, BrowseError>,
    ) -> Result<(T, f64), ApiError> {
        self.read(|database| {
            let start = Instant::now();
            let read = reading(database)?;
            Ok((read, start.elapsed().as_secs_f64() * 1000.0))
        })
    }

    /// Reads from the database. A connection that died while it stood ready is replaced: reading twice does no harm.
    pub(crate) fn read<T>(
        &self,
        mut reading: impl FnMut(&mut Database) -> Result<T, BrowseError>,
    ) -> Result<T, ApiError> {
        let (mut database, is_new) = self.studio.pool.lease(self.work)?;
        let failure = match reading(&mut database) {
            Ok(read) => return Ok(read),
            Err(error) => error,
        };
        let is_lost = matches!(failure, BrowseError::Query(QueryError::ConnectionLost(_)));
        drop(database);
        if !is_lost || is_new || self.work.is_abandoned() {
            return Err(failure.into());
        }
        self.studio.pool.clear();
        let (mut database, _) = self.studio.pool.lease(self.work)?;
        Ok(reading(&mut database)?)
    }
}

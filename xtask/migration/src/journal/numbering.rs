//! The prefixes of tags.

/// How drizzle-kit was told to begin the names of migrations (`migrations.prefix`).
///
/// It takes the last snapshot by name for the newest, so a folder stays with the numbering that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    /// `0001`.
    Index,
    /// `20240229235959`, in UTC (`timestamp` and `supabase`).
    Timestamp,
    /// Seconds since 1970.
    Unix,
}

impl Numbering {
    /// The numbering that `tag` has.
    pub(super) fn of(tag: &str) -> Self {
        let prefix = tag.split('_').next().unwrap_or_default();
        if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Index;
        }
        match prefix.len() {
            14 => Self::Timestamp,
            10 => Self::Unix,
            _ => Self::Index,
        }
    }

    /// The earliest `when` whose prefix comes after that of `when`.
    pub(super) fn next_after(self, when: i64) -> i64 {
        match self {
            Self::Index => when.saturating_add(1),
            Self::Timestamp | Self::Unix => (when.div_euclid(1000) + 1) * 1000,
        }
    }

    pub(super) fn prefix(self, idx: u32, when: i64) -> String {
        let seconds = when.div_euclid(1000);
        match self {
            Self::Index => format!("{idx:04}"),
            Self::Unix => seconds.to_string(),
            Self::Timestamp => {
                let (year, month, day) = civil_date(seconds.div_euclid(86_400));
                let second = seconds.rem_euclid(86_400);
                let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
                format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
            }
        }
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
fn civil_date(days: i64) -> (i64, i64, i64) {
    // Years that begin in March have their leap day at the end; 400 of them are 146,097 days.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

//! Dates, shifted by a keyed number of days, seconds or milliseconds, never by none.

use super::{first_number, Drawing, Made};
use crate::plain::{class, FIRST_MILLISECOND, LAST_MILLISECOND};

const DAY: i64 = 86_400_000;
const SECOND: i64 = 1_000;

/// Move a date by whole days where it is at midnight, else by seconds, or milliseconds where it has them.
pub fn moment(drawing: &Drawing, max_days: u64, kind: usize, value: &[u8], out: &mut Vec<u8>) -> Made {
    if kind != class::DATE && kind != class::FAR_DATE {
        return Made::Ask;
    }
    let at = i64::from_le_bytes(value.try_into().unwrap_or([0; 8]));
    let shift = shift(drawing, max_days, value, unit(at));
    let moved = match at.checked_add(shift) {
        Some(moved) if kind == class::FAR_DATE || (FIRST_MILLISECOND..=LAST_MILLISECOND).contains(&moved) => moved,
        _ => at.wrapping_sub(shift), // at the ends of the calendar: the other way
    };
    out.extend_from_slice(&moved.to_le_bytes());
    Made::Done
}

/// Move a day written as 2024-05-31.
pub fn text(drawing: &Drawing, max_days: u64, value: &[u8], out: &mut Vec<u8>) -> Made {
    let Some(day) = day_of(value) else {
        return Made::Refused;
    };
    let days = shift(drawing, max_days, value, DAY) / DAY;
    let (year, month, date) = match civil(day + days) {
        (year, month, date) if (1..=9999).contains(&year) => (year, month, date),
        _ => civil(day - days),
    };
    out.extend_from_slice(format!("{year:04}-{month:02}-{date:02}").as_bytes());
    Made::Done
}

fn shift(drawing: &Drawing, max_days: u64, value: &[u8], unit: i64) -> i64 {
    let drawn = drawing.draw(value, 0);
    let largest = max_days * DAY as u64;
    let size = 1 + (first_number(&drawn) % largest) as i64;
    let size = (size / unit).max(1) * unit;
    if drawn[8] & 1 == 1 {
        -size
    } else {
        size
    }
}

fn unit(milliseconds: i64) -> i64 {
    if milliseconds % DAY == 0 {
        DAY
    } else if milliseconds % SECOND == 0 {
        SECOND
    } else {
        1
    }
}

/// Give the number of a day since 1970, or None where the text names none.
fn day_of(text: &[u8]) -> Option<i64> {
    let digits = |range: std::ops::Range<usize>| -> Option<i64> {
        text.get(range)?.iter().try_fold(0, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
        })
    };
    if text.len() != 10 || text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let (year, month, date) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1..=9999).contains(&year) && (1..=longest).contains(&date)).then(|| days_of(year, month, date))
}

/// Count days since 1970 in the Gregorian calendar, with years that begin in March.
fn days_of(year: i64, month: i64, date: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, date)
}

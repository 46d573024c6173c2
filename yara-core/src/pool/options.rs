//! What a pool may be asked for, in code or in the parameters of a URL.

use crate::error::{Error, ErrorKind, Result};
use crate::names::nearest;
use std::time::Duration;

/// More connections than any database serves well; a larger number is a mistake.
const LARGEST: usize = 65_535;

/// The parameters of a URL that belong to the pool.
const PARAMETERS: [&str; 5] =
    ["max_size", "min_size", "acquire_timeout", "idle_timeout", "max_lifetime"];

/// How many connections a pool has, and for how long.
///
/// ```
/// use std::time::Duration;
/// use yara_core::pool::PoolOptions;
///
/// let options = PoolOptions {
///     max_size: Some(20),
///     min_size: 2,
///     acquire_timeout: Duration::from_secs(3),
///     ..PoolOptions::default()
/// };
/// assert_eq!(options.max_lifetime, Some(Duration::from_secs(30 * 60)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolOptions {
    /// The largest number of connections; what the backend thinks best where `None`.
    pub max_size: Option<usize>,
    /// How many connections are kept although nobody uses them. It is an aim: they are opened
    /// beside the program's own work, and a server that refuses them is no error.
    pub min_size: usize,
    /// How long a request waits for a connection, connecting included, before it fails.
    pub acquire_timeout: Duration,
    /// For how long a connection may lie idle before it is closed.
    pub idle_timeout: Option<Duration>,
    /// For how long a connection is used before another one takes its place.
    pub max_lifetime: Option<Duration>,
}

impl Default for PoolOptions {
    fn default() -> PoolOptions {
        PoolOptions {
            max_size: None,
            min_size: 0,
            acquire_timeout: Duration::from_secs(30),
            idle_timeout: Some(Duration::from_secs(10 * 60)),
            max_lifetime: Some(Duration::from_secs(30 * 60)),
        }
    }
}

impl PoolOptions {
    /// Takes the pool's parameters out of those of a URL and gives back the others.
    ///
    /// Sizes are whole numbers; times are seconds, which may have a fraction; `idle_timeout` and
    /// `max_lifetime` may be `none`. Errs with the name of the parameter and what would work.
    pub fn from_parameters(
        parameters: Vec<(String, String)>,
    ) -> Result<(PoolOptions, Vec<(String, String)>)> {
        PoolOptions::default().with_parameters(parameters)
    }

    /// As [`from_parameters`](PoolOptions::from_parameters), changing options that are there.
    pub fn with_parameters(
        mut self,
        parameters: Vec<(String, String)>,
    ) -> Result<(PoolOptions, Vec<(String, String)>)> {
        let mut rest = Vec::new();
        for (name, value) in parameters {
            match name.as_str() {
                "max_size" => self.max_size = Some(size(&name, &value, 1)?),
                "min_size" => self.min_size = size(&name, &value, 0)?,
                "acquire_timeout" => self.acquire_timeout = seconds(&name, &value)?,
                "idle_timeout" => self.idle_timeout = seconds_or_none(&name, &value)?,
                "max_lifetime" => self.max_lifetime = seconds_or_none(&name, &value)?,
                _ => rest.push((name, value)),
            }
        }
        Ok((self, rest))
    }

    /// As [`with_parameters`](PoolOptions::with_parameters), where nobody takes the others: the
    /// first of them is an error that names it and the nearest names there are, those of the
    /// backend among them.
    pub fn with_all_parameters(
        self,
        parameters: Vec<(String, String)>,
        of_backend: &[&'static str],
    ) -> Result<PoolOptions> {
        let (options, rest) = self.with_parameters(parameters)?;
        match rest.first() {
            None => Ok(options),
            Some((name, _)) => {
                let near = nearest(name, PARAMETERS.iter().chain(of_backend).copied());
                let message = format!("the URL has an unknown parameter `{name}`{near}");
                Err(Error::new(ErrorKind::Configuration, message))
            }
        }
    }

    /// The largest number of connections, given what the backend thinks best. Errs where the
    /// options contradict themselves.
    pub(crate) fn checked_max_size(&self, default: usize) -> Result<usize> {
        let max_size = self.max_size.unwrap_or_else(|| default.max(self.min_size).max(1));
        if max_size == 0 || max_size > LARGEST {
            return Err(refused("max_size", format!("is a number from 1 to {LARGEST}")));
        }
        if self.min_size > max_size {
            return Err(refused(
                "min_size",
                format!("cannot be more than max_size: they are {} and {max_size}", self.min_size),
            ));
        }
        if self.acquire_timeout.is_zero() {
            return Err(refused("acquire_timeout", "is more than 0 seconds"));
        }
        Ok(max_size)
    }
}

fn size(name: &str, value: &str, least: usize) -> Result<usize> {
    match value.parse() {
        Ok(number) if (least..=LARGEST).contains(&number) => Ok(number),
        _ => Err(refused(
            name,
            format!("is a number from {least} to {LARGEST}, such as `{name}=10`, not `{value}`"),
        )),
    }
}

fn seconds(name: &str, value: &str) -> Result<Duration> {
    positive(value).ok_or_else(|| {
        refused(
            name,
            format!("is a number of seconds above 0, such as `{name}=2.5`, not `{value}`"),
        )
    })
}

fn seconds_or_none(name: &str, value: &str) -> Result<Option<Duration>> {
    if value == "none" {
        return Ok(None);
    }
    positive(value).map(Some).ok_or_else(|| {
        refused(
            name,
            format!(
                "is `none` or a number of seconds above 0, such as `{name}=2.5`, not `{value}`"
            ),
        )
    })
}

fn positive(value: &str) -> Option<Duration> {
    let number = value.parse::<f64>().ok().filter(|number| *number > 0.0)?;
    Duration::try_from_secs_f64(number).ok()
}

fn refused(name: &str, reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Configuration, format!("the pool's `{name}` {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn the_pools_parameters_are_taken_and_the_others_given_back() {
        let (options, rest) = PoolOptions::from_parameters(parameters(&[
            ("max_size", "7"),
            ("sslmode", "require"),
            ("acquire_timeout", "0.25"),
            ("idle_timeout", "none"),
            ("max_lifetime", "90"),
            ("min_size", "2"),
        ]))
        .unwrap();
        assert_eq!(options.max_size, Some(7));
        assert_eq!(options.min_size, 2);
        assert_eq!(options.acquire_timeout, Duration::from_millis(250));
        assert_eq!(options.idle_timeout, None);
        assert_eq!(options.max_lifetime, Some(Duration::from_secs(90)));
        assert_eq!(rest, parameters(&[("sslmode", "require")]));
    }

    #[test]
    fn bad_values_are_refused_by_name() {
        for (name, value, text) in [
            (
                "max_size",
                "0",
                "the pool's `max_size` is a number from 1 to 65535, such as `max_size=10`, not `0`",
            ),
            (
                "min_size",
                "-1",
                "the pool's `min_size` is a number from 0 to 65535, such as `min_size=10`, not `-1`",
            ),
            (
                "acquire_timeout",
                "0",
                "the pool's `acquire_timeout` is a number of seconds above 0, such as `acquire_timeout=2.5`, not `0`",
            ),
            (
                "acquire_timeout",
                "NaN",
                "the pool's `acquire_timeout` is a number of seconds above 0, such as `acquire_timeout=2.5`, not `NaN`",
            ),
            (
                "idle_timeout",
                "5m",
                "the pool's `idle_timeout` is `none` or a number of seconds above 0, such as `idle_timeout=2.5`, not `5m`",
            ),
        ] {
            let error = PoolOptions::from_parameters(parameters(&[(name, value)])).unwrap_err();
            assert_eq!(error.to_string(), text);
            assert!(error.is_configuration_error());
        }
    }

    #[test]
    fn an_unknown_parameter_is_named_with_the_nearest() {
        let error = PoolOptions::default()
            .with_all_parameters(parameters(&[("maxsize", "3")]), &[])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the URL has an unknown parameter `maxsize`; did you mean `max_size`?"
        );
    }

    #[test]
    fn options_that_contradict_themselves_are_refused() {
        let options = PoolOptions { max_size: Some(2), min_size: 3, ..PoolOptions::default() };
        assert_eq!(
            options.checked_max_size(10).unwrap_err().to_string(),
            "the pool's `min_size` cannot be more than max_size: they are 3 and 2"
        );
        let options = PoolOptions { min_size: 30, ..PoolOptions::default() };
        assert_eq!(options.checked_max_size(10).unwrap(), 30);
    }
}

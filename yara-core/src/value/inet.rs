//! Addresses of the internet.

use super::decode::wanted;
use super::{Comparable, DecodeError, EncodeError, FieldType, Type, Value, ValueRef};
use std::cmp::Ordering;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An address, and how many bits of it name the network: `10.0.0.7/8`. One of which all do is a
/// host, and is written without them.
///
/// A field of a model may be one, or a [`std::net::IpAddr`], which holds hosts alone.
///
/// ```
/// use yara_core::value::Inet;
///
/// let address: Inet = "10.0.0.7/8".parse().unwrap();
/// assert_eq!((address.to_string().as_str(), address.prefix()), ("10.0.0.7/8", 8));
/// assert!("10.0.0.7/33".parse::<Inet>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Inet {
    address: IpAddr,
    prefix: u8,
}

impl Inet {
    /// An address with so many bits of the network; `None` where it has not so many.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Inet> {
        (prefix <= width(address)).then_some(Inet { address, prefix })
    }

    /// The address.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// How many bits name the network.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Whether it is a host alone.
    pub fn is_host(self) -> bool {
        self.prefix == width(self.address)
    }

    /// The bits of the address, the first ones first.
    fn bits(self) -> u128 {
        match self.address {
            IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
            IpAddr::V6(address) => address.to_bits(),
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

impl From<IpAddr> for Inet {
    fn from(address: IpAddr) -> Inet {
        Inet { address, prefix: width(address) }
    }
}

impl fmt::Display for Inet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_host() {
            true => write!(f, "{}", self.address),
            false => write!(f, "{}/{}", self.address, self.prefix),
        }
    }
}

impl FromStr for Inet {
    type Err = EncodeError;

    fn from_str(text: &str) -> Result<Inet, EncodeError> {
        let parsed = match text.split_once('/') {
            None => text.parse::<IpAddr>().ok().map(Inet::from),
            Some((address, prefix)) => {
                let prefix =
                    Some(prefix).filter(|prefix| prefix.bytes().all(|b| b.is_ascii_digit()));
                let prefix = prefix.and_then(|prefix| prefix.parse().ok());
                prefix.and_then(|prefix| Inet::new(address.parse().ok()?, prefix))
            }
        };
        parsed.ok_or_else(|| EncodeError::new(format!("`{text}` is no address of the internet")))
    }
}

/// As PostgreSQL sorts them: older addresses first, by the bits of the common network, by its
/// length, and by the rest (source: `network_cmp_internal` in `src/backend/utils/adt/network.c`).
impl Ord for Inet {
    fn cmp(&self, other: &Inet) -> Ordering {
        let family = other.address.is_ipv4().cmp(&self.address.is_ipv4());
        let common = self.prefix.min(other.prefix);
        let network = |bits: u128| if common == 0 { 0 } else { bits >> (128 - u32::from(common)) };
        family
            .then_with(|| network(self.bits()).cmp(&network(other.bits())))
            .then_with(|| self.prefix.cmp(&other.prefix))
            .then_with(|| self.bits().cmp(&other.bits()))
    }
}

impl PartialOrd for Inet {
    fn partial_cmp(&self, other: &Inet) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares two texts as the addresses that they spell; what is none comes last.
#[cfg(feature = "sqlite")]
pub(crate) fn compare_addresses(left: &str, right: &str) -> Ordering {
    match (left.parse::<Inet>(), right.parse::<Inet>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => left.cmp(right),
    }
}

impl FieldType for Inet {
    const TYPE: Type = Type::Inet;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::Inet(*self))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        match cell {
            ValueRef::Inet(address) => Ok(*address),
            ValueRef::Text(text) => {
                text.parse().map_err(|error: EncodeError| DecodeError::bad_value(error.to_string()))
            }
            cell => Err(DecodeError::wrong_kind(cell, wanted(Self::TYPE))),
        }
    }
}

impl FieldType for IpAddr {
    const TYPE: Type = Type::Inet;

    type Optional = Option<Self>;

    fn encode(&self) -> Result<Value, EncodeError> {
        Ok(Value::Inet((*self).into()))
    }

    fn decode(cell: &ValueRef<'_>) -> Result<Self, DecodeError> {
        let address = Inet::decode(cell)?;
        if address.is_host() {
            return Ok(address.address);
        }
        Err(DecodeError::bad_value(format!("{address} has a network; `Inet` would hold it")))
    }
}

impl Comparable for Inet {}
impl Comparable for IpAddr {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_order() {
        let mut sorted =
            ["::1", "10.0.0.1", "10.0.0.0/8", "9.9.9.9", "10.0.0.0/24", "::/0", "10.0.0.1/8"]
                .map(|text| text.parse::<Inet>().unwrap());
        sorted.sort();
        let texts = sorted.map(|address| address.to_string());
        assert_eq!(
            texts,
            ["9.9.9.9", "10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/24", "10.0.0.1", "::/0", "::1"]
        );
        for wrong in
            ["", "10.0.0", "10.0.0.1/33", "10.0.0.1/+8", "10.0.0.1/", "::1/129", "fe80::1%eth0"]
        {
            assert!(wrong.parse::<Inet>().is_err(), "{wrong}");
        }
    }
}

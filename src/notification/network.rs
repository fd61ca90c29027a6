//! The networks that notifications may come from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// A network of IPv4 or IPv6 addresses. A network of IPv4 addresses that is written as IPv6
/// (`::ffff:5.45.207.0/121`) is that network of IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    pub(super) const fn v4(address: [u8; 4], prefix: u32) -> Self {
        let [a, b, c, d] = address;
        Network { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix }
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

/// A network as `address/prefix`, or one address.
impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().map_err(drop)?;
        let bits = if written.is_ipv4() { 32 } else { 128 };
        let prefix: u32 = match prefix {
            // parse() alone would take a plus sign.
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(drop)?
            }
            Some(_) => return Err(()),
            None => bits,
        };
        if prefix > bits {
            return Err(());
        }
        match written.to_canonical() {
            address @ IpAddr::V4(_) if bits == 128 => {
                // A shorter prefix covers more than IPv4, and remains a network of IPv6.
                match prefix.checked_sub(96) {
                    Some(prefix) => Ok(Network { address, prefix }),
                    None => Ok(Network { address: written, prefix }),
                }
            }
            address => Ok(Network { address, prefix }),
        }
    }
}

/// The peer's address as servers give it: alone, with a port, or with a zone.
pub(super) fn peer_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    let (address, _zone) = text.split_once('%')?;
    address.parse().ok().filter(IpAddr::is_ipv6)
}

//! The proxy, and what the environment says of proxies: people who have set its variables expect that
//! they count, and they do so only where the settings say it.

use super::Doctor;
use super::check::{Check, Subject};
use super::route::Route;
use crate::sentences::doctor as words;

impl Doctor<'_> {
    pub(super) fn report_proxy(&mut self, route: &Route) {
        let Route { service, proxy, counts_environment, variables, exceptions } = route;
        let all: Vec<&str> = variables.iter().chain(exceptions).copied().collect();
        let all = all.join(", ");
        let found = match (proxy, exceptions) {
            (Some(proxy), _) if *counts_environment => words::proxy_of_environment(proxy, &all),
            (Some(proxy), _) => words::used_proxy(proxy),
            (None, Some(exceptions)) if *counts_environment && !variables.is_empty() => {
                words::proxy_excepted(&service.host, exceptions)
            }
            (None, _) if *counts_environment => words::no_proxy_in_environment(),
            (None, _) if variables.is_empty() => words::no_proxy(),
            (None, _) => words::unused_proxy(&all),
        };
        let has_no_effect = proxy.is_some() && !counts_environment && !all.is_empty();
        let detail = has_no_effect.then(|| self.say(&words::environment_without_effect(&all)));
        let check = Check::passed(Subject::Proxy, self.say(&found));
        (self.tell)(check.with_details(detail.into_iter().collect()));
    }
}

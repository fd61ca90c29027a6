//! What the service says: about the key, its businesses, and the limits.

use std::fmt::Display;

use ymchat::{Campaign, CampaignsOptions, ChatsOptions, Client, Error, TokenInfo};

use super::Doctor;
use super::check::{Check, Subject};
use crate::catalogue;
use crate::config::Loaded;
use crate::text;

/// What the service allows a business at a time.
const PARALLEL: usize = 4;
/// A list of shops has rarely more than one page.
const PAGES: usize = 20;

impl Doctor<'_> {
    /// Makes the calls.
    pub(super) fn ask(&mut self, loaded: &Loaded, client: &Client) {
        match loaded.has("apiKey") {
            true => self.look_at_key(client),
            false => self.not_tried(&[Subject::Key], &catalogue::KEY_OF_OAUTH),
        }
        let business = loaded.business();
        self.look_at_businesses(client, business);
        let read = match business {
            None => Err(None),
            Some(_) => client.get_chats(&ChatsOptions::new().limit(1)).map_err(Some),
        };
        match (read, business) {
            (Ok(_), Some(id)) => {
                self.passed(Subject::Chats, &catalogue::CHATS_READ, &[("id", &id)]);
                self.look_at_parallel(client);
            }
            (Err(Some(error)), _) => {
                self.call_failed(Subject::Chats, &error);
                self.not_tried(&[Subject::Parallel], &catalogue::AFTER_FAILURE);
            }
            _ => self.not_tried(&[Subject::Chats, Subject::Parallel], &catalogue::AFTER_FAILURE),
        }
        self.look_at_quotas(client);
    }

    fn call_failed(&mut self, subject: Subject, error: &Error) {
        // Its sentence ends with the advice.
        let found = self.say(&catalogue::CALL_FAILED, &[("error", error)]);
        let trace = error.trace_id().map(|id| format!("trace id {id}"));
        let check = Check::failed(subject, found, String::new());
        (self.tell)(check.with_details(trace.into_iter().collect()));
    }

    fn look_at_key(&mut self, client: &Client) {
        let key = match client.get_token_info() {
            Ok(TokenInfo { api_key, .. }) => api_key,
            Err(error) => return self.call_failed(Subject::Key, &error),
        };
        let (name, scopes) = key.map(|key| (key.name, key.auth_scopes)).unwrap_or_default();
        let has = |wanted: &[&str]| scopes.iter().any(|scope| wanted.contains(&scope.as_str()));
        let list = if scopes.is_empty() { "-".to_owned() } else { scopes.join(", ") };
        let (name, list) = (text::one_line(&name.unwrap_or_default()), text::one_line(&list));
        let values: [(&str, &dyn Display); 2] = [("name", &name), ("scopes", &list)];
        if has(&["ALL_METHODS", "COMMUNICATION"]) {
            self.passed(Subject::Key, &catalogue::KEY_FINE, &values);
        } else if has(&["ALL_METHODS_READ_ONLY"]) {
            self.failed(Subject::Key, (&catalogue::KEY_READS, &catalogue::GRANT_SCOPE), &values);
        } else {
            self.failed(Subject::Key, (&catalogue::KEY_NARROW, &catalogue::GRANT_SCOPE), &values);
        }
    }

    fn look_at_businesses(&mut self, client: &Client, business: Option<i64>) {
        let campaigns = match campaigns(client) {
            Ok(campaigns) => campaigns,
            Err(error) => return self.call_failed(Subject::Businesses, &error),
        };
        let mut found: Vec<(i64, String)> = Vec::new();
        for known in campaigns.iter().filter_map(|campaign| campaign.business.as_ref()) {
            let Some(id) = known.id else { continue };
            let name = known.name.as_deref().map(text::one_line).unwrap_or_default();
            if !found.iter().any(|(other, _)| *other == id) {
                found.push((id, name));
            }
        }
        let list: Vec<String> =
            found.iter().map(|(id, name)| format!("{id} {name}").trim().to_owned()).collect();
        let list = if list.is_empty() { "-".to_owned() } else { list.join(", ") };
        let id = business.unwrap_or_default();
        let values: [(&str, &dyn Display); 2] = [("businesses", &list), ("id", &id)];
        let (missing, unset) = (&catalogue::BUSINESS_MISSING, &catalogue::BUSINESS_UNSET);
        match business {
            None => self.failed(Subject::Businesses, (unset, &catalogue::SET_BUSINESS), &values),
            Some(id) if found.iter().any(|(known, _)| *known == id) => {
                self.passed(Subject::Businesses, &catalogue::BUSINESSES_FOUND, &values);
            }
            Some(_) => {
                self.failed(Subject::Businesses, (missing, &catalogue::SET_BUSINESS), &values)
            }
        }
    }

    /// As many reads at a time as the service allows.
    fn look_at_parallel(&mut self, client: &Client) {
        let limited = || -> u64 { client.stats().operations.iter().map(|one| one.limited).sum() };
        let before = limited();
        let options = ChatsOptions::new().limit(1);
        let failed = std::thread::scope(|scope| {
            let calls: Vec<_> =
                (0..PARALLEL).map(|_| scope.spawn(|| client.get_chats(&options).err())).collect();
            calls.into_iter().find_map(|call| call.join().ok().flatten())
        });
        let values: [(&str, &dyn Display); 1] = [("number", &PARALLEL)];
        match failed {
            _ if limited() > before => {
                let texts = (&catalogue::PARALLEL_LIMITED, &catalogue::SHARE_LIMIT);
                self.failed(Subject::Parallel, texts, &values);
            }
            Some(error) => self.call_failed(Subject::Parallel, &error),
            None => self.passed(Subject::Parallel, &catalogue::PARALLEL_FINE, &values),
        }
    }

    /// What the answers have said about the hour's quotas.
    fn look_at_quotas(&mut self, client: &Client) {
        let stats = client.stats();
        let asked: Vec<_> = stats.operations.iter().filter(|one| one.attempts > 0).collect();
        let list: Vec<String> = asked
            .iter()
            .map(|one| {
                self.say(
                    &catalogue::QUOTA_LINE,
                    &[
                        ("operation", &one.operation),
                        ("left", &one.quota_remaining),
                        ("limit", &one.quota_limit),
                    ],
                )
            })
            .collect();
        let list = list.join(", ");
        let values: [(&str, &dyn Display); 1] = [("quotas", &list)];
        if asked.iter().any(|one| one.quota_remaining == 0) {
            let texts = (&catalogue::QUOTA_USED_UP, &catalogue::WAIT_FOR_QUOTA);
            self.failed(Subject::Quotas, texts, &values);
        } else {
            self.passed(Subject::Quotas, &catalogue::QUOTAS_LEFT, &values);
        }
    }
}

fn campaigns(client: &Client) -> Result<Vec<Campaign>, Error> {
    let mut all = Vec::new();
    let mut options = CampaignsOptions::new().limit(100);
    for _ in 0..PAGES {
        let page = client.get_campaigns(&options)?;
        all.extend(page.campaigns);
        let Some(next) = page.paging.and_then(|paging| paging.next_page_token) else { break };
        options = CampaignsOptions::new().limit(100).page_token(next);
    }
    Ok(all)
}

//! What the service says: about the key, its businesses, and the limits.

use ymchat::{Campaign, CampaignsOptions, ChatsOptions, Client, Error, TokenInfo};

use super::Doctor;
use super::check::{Check, Subject};
use crate::config::Loaded;
use crate::sentences::{doctor as words, notes, of_error};
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
            false => self.not_tried(&[Subject::Key], &words::key_of_oauth()),
        }
        let business = loaded.business();
        self.look_at_businesses(client, business);
        let read = match business {
            None => Err(None),
            Some(_) => client.get_chats(&ChatsOptions::new().limit(1)).map_err(Some),
        };
        match (read, business) {
            (Ok(_), Some(id)) => {
                self.passed(Subject::Chats, &words::chats_read(id));
                self.look_at_parallel(client);
            }
            (Err(Some(error)), _) => {
                self.call_failed(Subject::Chats, &error);
                self.not_tried(&[Subject::Parallel], &words::after_failure());
            }
            _ => self.not_tried(&[Subject::Chats, Subject::Parallel], &words::after_failure()),
        }
        self.look_at_quotas(client);
    }

    fn call_failed(&mut self, subject: Subject, error: &Error) {
        // Its sentence ends with the advice.
        let found = self.say(&of_error(error));
        let trace = error.trace_id().map(|id| self.say(&notes::trace_id(id)));
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
        if has(&["ALL_METHODS", "COMMUNICATION"]) {
            self.passed(Subject::Key, &words::key_fine(&name, &list));
        } else if has(&["ALL_METHODS_READ_ONLY"]) {
            let found = words::key_reads(&name, &list);
            self.failed(Subject::Key, &found, &words::grant_scope());
        } else {
            let found = words::key_narrow(&name, &list);
            self.failed(Subject::Key, &found, &words::grant_scope());
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
        let missing = match business {
            None => words::business_unset(&list),
            Some(id) if found.iter().any(|(known, _)| *known == id) => {
                return self.passed(Subject::Businesses, &words::businesses_found(&list));
            }
            Some(id) => words::business_missing(id, &list),
        };
        self.failed(Subject::Businesses, &missing, &words::set_business());
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
        match failed {
            _ if limited() > before => {
                let found = words::parallel_limited(PARALLEL);
                self.failed(Subject::Parallel, &found, &words::share_limit());
            }
            Some(error) => self.call_failed(Subject::Parallel, &error),
            None => self.passed(Subject::Parallel, &words::parallel_fine(PARALLEL)),
        }
    }

    /// What the answers have said about the hour's quotas.
    fn look_at_quotas(&mut self, client: &Client) {
        let stats = client.stats();
        let asked: Vec<_> = stats.operations.iter().filter(|one| one.attempts > 0).collect();
        let list: Vec<String> = asked
            .iter()
            .map(|one| {
                let (left, limit) = (one.quota_remaining, one.quota_limit);
                self.say(&words::quota_line(one.operation, left, limit))
            })
            .collect();
        let list = list.join(", ");
        if asked.iter().any(|one| one.quota_remaining == 0) {
            self.failed(Subject::Quotas, &words::quota_used_up(&list), &words::wait_for_quota());
        } else {
            self.passed(Subject::Quotas, &words::quotas_left(&list));
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

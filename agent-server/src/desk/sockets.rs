//! Whose desktop is open, told to the phones in the order in which it became so: a desk nobody has open gets no calls for
//! long.

use std::collections::BTreeSet;

use contract::AgentId;

use crate::App;

/// What the phones have been told.
#[derive(Debug, Default)]
pub struct Sockets {
    up: tokio::sync::Mutex<BTreeSet<AgentId>>,
}

impl Sockets {
    /// Tells the phones where this changed. One at a time, each by what is true then.
    pub async fn changed(&self, app: &App, agent: AgentId) {
        let mut up = self.up.lock().await;
        let now = app.desk.is_up(agent);
        if now != up.contains(&agent) {
            if now { up.insert(agent) } else { up.remove(&agent) };
            app.gateway.desktop(agent, now).await;
        }
    }
}

/// A desktop that is counted until it is dropped, however its task ends.
pub struct Counted {
    app: App,
    agent: AgentId,
    tab: u64,
}

impl Counted {
    pub fn new(app: &App, agent: AgentId, tab: u64) -> Self {
        Self { app: app.clone(), agent, tab }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.app.desk.leave(self.agent, self.tab);
        let (app, agent) = (self.app.clone(), self.agent);
        if let Ok(here) = tokio::runtime::Handle::try_current() {
            here.spawn(async move { app.sockets.changed(&app, agent).await });
        }
    }
}

//! The demo's agents: each signs in, holds the desk's line, registers the phone, answers by button or by lifting it,
//! talks, sometimes holds or transfers, and wraps up with a disposition.

use std::sync::Arc;

use serde_json::{Value, json};
use zuoxi_tests::phone::{Manner, Phone, PhoneConfig, Talk};

use crate::http::{HttpError, Session};
use crate::stage::Stage;

/// Who works in the demo company: user name, station, language.
pub const AGENTS: [(&str, &str, &str); 5] = [
    ("wangfang", "1001", "zh-CN"),
    ("liqiang", "1002", "zh-CN"),
    ("chenjing", "1003", "zh-CN"),
    ("emma", "1004", "en"),
    ("daniel", "1005", "en"),
];
/// The demo company's.
pub const PASSWORD: &str = "zuoxi-demo";

pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

pub struct Agent {
    stage: Arc<Stage>,
    username: &'static str,
    language: &'static str,
    session: Session,
    phone: Phone,
    dispositions: Vec<String>,
    queues: Vec<String>,
}

impl Agent {
    /// # Errors
    /// What was refused.
    pub async fn sits_down(
        stage: Arc<Stage>,
        (username, station, language): (&'static str, &'static str, &'static str),
    ) -> Outcome<Self> {
        let session = Session::sign_in(stage.web, username, PASSWORD).await?;
        let config = PhoneConfig::new(username, stage.sip).account(station, &format!("zuoxi-{station}")).manner(Manner::Obeys);
        let phone = Phone::open(config, &stage.sound).await?;
        phone.register().await?;
        let line = session.clone();
        let over = stage.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    end = line.hold_line() => if let Err(why) = end { tracing::debug!("{username}: the desk's line: {why}") },
                    () = over.over() => return,
                }
                if !over.pause(1..2).await {
                    return;
                }
            }
        });
        let setup = session.get("/desk/setup").await?;
        let mine = setup["stations"].as_array().and_then(|all| all.iter().find(|s| s["name"] == station));
        let id = mine.map(|s| s["id"].clone()).ok_or_else(|| format!("{username}: there is no station {station}"))?;
        let leaves = |d: &Value| d["children"].as_array().filter(|c| !c.is_empty()).cloned().unwrap_or_else(|| vec![d.clone()]);
        let tree = setup["dispositions"].as_array().cloned().unwrap_or_default();
        let dispositions = tree.iter().flat_map(leaves).filter_map(|d| d["id"].as_str().map(str::to_owned)).collect();
        let queues = setup["queues"].as_array().cloned().unwrap_or_default();
        let queues = queues.iter().filter_map(|q| q["id"].as_str().map(str::to_owned)).collect();
        session.put("/seat", &json!({ "kind": "sign_in", "station": id })).await?;
        let agent = Self { stage, username, language, session, phone, dispositions, queues };
        agent.ready().await?;
        Ok(agent)
    }

    async fn ready(&self) -> Result<(), HttpError> {
        self.session.put("/seat", &json!({ "kind": "ready" })).await.map(drop)
    }

    /// Works until the play is over, then leaves in order.
    pub async fn works(mut self) -> Outcome {
        let stage = self.stage.clone();
        while !stage.is_over() {
            let rung = tokio::select! {
                rung = self.phone.rung_within(std::time::Duration::from_secs(20)) => rung,
                () = stage.over() => None,
            };
            match rung {
                Some(talk) => {
                    if let Err(why) = self.serves(&talk).await {
                        tracing::warn!("{}: {why}", self.username);
                        // What is left of the call must not keep the phone busy.
                        talk.hang_up().await?;
                    }
                }
                // Not ready after a call that was missed: back to work.
                None if !stage.is_over() => self.ready().await?,
                None => {}
            }
        }
        self.session.put("/seat", &json!({ "kind": "sign_out" })).await?;
        self.session.sign_out().await?;
        self.phone.unregister().await?;
        Ok(())
    }

    async fn serves(&self, talk: &Talk) -> Outcome {
        let stage = &self.stage;
        let call = talk.header("X-Zuoxi-Interaction").unwrap_or_default().to_owned();
        let caller = talk.incoming().map(|i| i.from.user.clone()).unwrap_or_default();
        if stage.happens(4) {
            // Away from the desk: the offer goes to somebody else.
            tokio::select! {
                () = talk.until_ended() => {}
                () = stage.over() => {}
            }
            return Ok(());
        }
        stage.pause(1..4).await;
        if talk.state().ended.is_some() {
            return Ok(());
        }
        if stage.happens(50) {
            self.button(&call, "answer").await?;
        } else {
            talk.lift().await?;
        }
        talk.answered().await?;
        stage.met(&caller);
        self.talks(talk, &call).await?;
        self.wraps_up(&call).await
    }

    async fn button(&self, call: &str, which: &str) -> Result<(), HttpError> {
        match self.session.post(&format!("/calls/{call}/{which}"), None).await {
            // The caller was quicker: the call is over, or no longer in that state.
            Ok(_) | Err(HttpError::Refused { status: 404 | 409, .. }) => Ok(()),
            Err(why) => Err(why),
        }
    }

    async fn talks(&self, talk: &Talk, call: &str) -> Outcome {
        let stage = &self.stage;
        let turns = 2 + stage.below(4);
        for turn in 0..turns {
            if let Some(clip) = stage.speech(self.language) {
                talk.say(vec![clip]);
            }
            if !stage.pause(4..9).await || talk.state().ended.is_some() {
                break;
            }
            if turn == 1 && stage.happens(30) {
                self.button(call, "hold").await?;
                stage.pause(4..9).await;
                if talk.state().ended.is_none() {
                    self.button(call, "resume").await?;
                }
            }
        }
        if talk.state().ended.is_some() {
            return Ok(());
        }
        let elsewhere = stage.of(&self.queues).filter(|_| stage.happens(8) && !stage.is_over());
        match elsewhere {
            Some(queue) => {
                let body = json!({ "target": { "kind": "queue", "queue": queue } });
                self.session.post(&format!("/calls/{call}/transfer"), Some(&body)).await?;
            }
            None if stage.happens(50) => self.button(call, "hangup").await?,
            None => talk.hang_up().await?,
        }
        Ok(())
    }

    async fn wraps_up(&self, call: &str) -> Outcome {
        let stage = &self.stage;
        stage.pause(2..7).await;
        if let Some(disposition) = stage.of(&self.dispositions) {
            let notes = if self.language == "en" { "Helped the customer." } else { "已为客户解答。" };
            let body = json!({ "dispositions": [disposition], "notes": notes });
            self.session.put(&format!("/interactions/{call}/disposition"), &body).await?;
        }
        match self.session.put("/seat", &json!({ "kind": "end_wrap_up" })).await {
            // It was over by itself.
            Ok(_) | Err(HttpError::Refused { .. }) => Ok(()),
            Err(why) => Err(why.into()),
        }
    }
}

//! A call that an agent makes from the desktop: whose phone is rung, and the rules that are not the call's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use contract::{AgentId, Caller, EpochMs, InteractionId, LegId, QueueId, TransferTarget};

use super::gateway::Refused;
use super::switch::{Live, Switch, Work};
use crate::call::{Call, DialOut};
use crate::sip::api::Party;

impl Switch {
    /// # Errors
    /// [`Refused`] says which rule it broke; nothing rings then.
    pub(super) fn dial_out(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        number: &str,
        queue: Option<QueueId>,
    ) -> Result<InteractionId, Refused> {
        let number = number.trim();
        if self.draining {
            return Err(Refused::Stopping);
        }
        let station = self.free_station_of(agent, None)?;
        if self.pbx_phone(station).is_some() {
            return self.dial_at_pbx(now, (agent, station), number, queue);
        }
        if self.calls.len() >= self.config.most_calls {
            return Err(Refused::Full);
        }
        let target = TransferTarget::Number { number: number.to_owned() };
        if self.colleague_or(target.clone()) != target {
            return Err(Refused::Colleague);
        }
        self.may_send_to(agent, &target)?;
        let directory = self.company.directory.clone();
        let of_queue = match queue {
            Some(queue) => Some(directory.queues.get(&queue).ok_or(Refused::NoSuchTarget)?),
            None => None,
        };
        let record = of_queue.is_none_or(|queue| queue.record);
        let shown_as = of_queue.map(|queue| queue.caller_id.clone()).filter(|number| !number.is_empty());
        let answer_by = directory.has_station(station).then(|| directory.answer_by(station)).ok_or(Refused::NoStation)?;
        let customer = Caller {
            raw: number.to_owned(),
            name: String::new(),
            number: self.company.e164(number),
            withheld: false,
        };
        let (id, leg): (InteractionId, LegId) = (self.ids.make(now), self.ids.make(now));
        let span = tracing::info_span!("call", call.id = %id);
        // The own phone shows who is called; whoever is called sees the company.
        let shown = Party { name: String::new(), user: number.to_owned(), host: String::new() };
        let own = self.company.own().first().map(|own| own.reveal().to_owned()).unwrap_or_default();
        let shown_outside = Some(Party { name: String::new(), user: own, host: String::new() });
        let country = customer.number.as_ref().and_then(contract::number::country_of);
        let (ids, number) = (self.ids.clone(), number.to_owned());
        let facts = DialOut { id, leg, agent, station, answer_by, queue, record, number, customer: customer.clone(), country };
        let Ok((call, actions)) = catch_unwind(AssertUnwindSafe(|| Call::dial_out(facts, ids, now))) else {
            self.broken += 1;
            tracing::error!(call.id = %id, "call {id} broke before it began; nobody is rung");
            return Err(Refused::NoCall(id));
        };
        self.calls.insert(id, Live { call, due: None, span, shown, shown_outside, shown_as, caller_agent: Some(agent) });
        self.work.push_back(Work::Router(acd::Input::AgentBusy { interaction: id, agent }));
        self.lookups.ask(id, customer, &*self.ports.lookup, &self.house, self.inbox.clone());
        self.work.push_back(Work::Actions(id, actions));
        Ok(id)
    }
}

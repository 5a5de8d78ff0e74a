//! The tables of this room. Steps are only ever added.

use store::Migrations;

pub const MIGRATIONS: Migrations = Migrations { room: "recordings", steps: &[("recordings", RECORDINGS), ("of nobody", OF_NOBODY)] };

/// `recorded_call`: what a recording must know of its call when it begins. `recording_deleted` outlives a rebuild of the
/// rest, so that what was deleted stays so.
const RECORDINGS: &str = "
CREATE TABLE recording (
    recording_id {PK},
    node BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    agent_id BIGINT, queue_id BIGINT, customer_id BIGINT,
    caller TEXT NOT NULL, e164 TEXT, backwards TEXT,
    began BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL, bytes BIGINT NOT NULL,
    path TEXT NOT NULL,
    state TEXT NOT NULL,
    complete BIGINT NOT NULL,
    gap_ms BIGINT NOT NULL,
    notes TEXT NOT NULL
);
CREATE INDEX recording_began ON recording (began, recording_id);
CREATE INDEX recording_interaction ON recording (interaction_id);
CREATE INDEX recording_agent ON recording (agent_id, began, recording_id);
CREATE INDEX recording_queue ON recording (queue_id, began, recording_id);
CREATE INDEX recording_customer ON recording (customer_id, began, recording_id) WHERE customer_id IS NOT NULL;
CREATE INDEX recording_e164 ON recording (e164, began, recording_id) WHERE e164 IS NOT NULL;
CREATE INDEX recording_backwards ON recording (backwards) WHERE backwards IS NOT NULL;
CREATE INDEX recording_open ON recording (node, recording_id) WHERE state = 'recording';
CREATE INDEX recording_kind ON recording (kind, began, recording_id);

CREATE TABLE recorded_call (
    interaction_id {PK},
    caller TEXT NOT NULL, e164 TEXT, backwards TEXT,
    customer_id BIGINT,
    settled BIGINT NOT NULL
);

CREATE TABLE recorded_talk (
    interaction_id BIGINT NOT NULL,
    leg_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL, queue_id BIGINT,
    began BIGINT NOT NULL, ended BIGINT,
    PRIMARY KEY (interaction_id, leg_id, began)
);
CREATE INDEX recorded_talk_ended ON recorded_talk (ended);
CREATE INDEX recorded_talk_open ON recorded_talk (interaction_id) WHERE ended IS NULL;

CREATE TABLE recording_deleted (
    recording_id {PK},
    interaction_id BIGINT NOT NULL,
    began BIGINT NOT NULL, duration_ms BIGINT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX recording_deleted_interaction ON recording_deleted (interaction_id);
";

/// Voicemail, in its order: teams read it beside their own.
const OF_NOBODY: &str = "CREATE INDEX recording_nobody ON recording (began, recording_id) WHERE agent_id IS NULL;";

//! The tables of this room. Steps are only ever added.

use store::Migrations;

pub const MIGRATIONS: Migrations = Migrations {
    room: "crm",
    steps: &[
        ("customers", CUSTOMERS),
        ("numbers", NUMBERS),
        ("interactions", INTERACTIONS),
        ("timeline", TIMELINE),
        ("drafts", DRAFTS),
        ("drafts hold dispositions", DRAFT_DISPOSITIONS),
        ("interactions have tags", INTERACTION_TAGS),
        ("interactions come from a PBX", ENTRY_PBX),
    ],
};

/// `name_key` holds bytes (BYTEA on both engines), so that a prefix is a range in every locale.
const CUSTOMERS: &str = "
CREATE TABLE customer (
    customer_id {PK},
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key BYTEA NOT NULL,
    level TEXT, source TEXT, region TEXT, industry TEXT, stage TEXT,
    owner_agent BIGINT, owner_team BIGINT,
    vip BIGINT NOT NULL DEFAULT 0,
    notes TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL, created_by BIGINT,
    updated_at BIGINT NOT NULL, updated_by BIGINT,
    deleted_at BIGINT,
    CONSTRAINT customer_kind CHECK (kind IN ('person', 'organisation'))
);
CREATE INDEX customer_name ON customer (name_key, customer_id);
CREATE INDEX customer_owner ON customer (owner_agent, customer_id) WHERE owner_agent IS NOT NULL;

CREATE TABLE customer_change (
    customer_id BIGINT NOT NULL REFERENCES customer (customer_id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    field TEXT NOT NULL,
    before TEXT, after TEXT,
    at BIGINT NOT NULL, by_agent BIGINT,
    PRIMARY KEY (customer_id, version, field)
);

CREATE TABLE contact (
    contact_id {PK},
    customer_id BIGINT NOT NULL REFERENCES customer (customer_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    name_key BYTEA NOT NULL,
    role TEXT,
    is_primary BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX contact_customer ON contact (customer_id, contact_id);
CREATE INDEX contact_name ON contact (name_key, contact_id);

CREATE TABLE contact_point (
    point_id {PK},
    customer_id BIGINT NOT NULL REFERENCES customer (customer_id) ON DELETE CASCADE,
    contact_id BIGINT REFERENCES contact (contact_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    e164 TEXT,
    extension TEXT,
    backwards TEXT,
    value_key TEXT,
    label TEXT,
    is_primary BIGINT NOT NULL DEFAULT 0,
    verified BIGINT NOT NULL DEFAULT 0,
    shared_line BIGINT NOT NULL DEFAULT 0,
    do_not_call BIGINT NOT NULL DEFAULT 0,
    bad_number BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    CONSTRAINT contact_point_kind CHECK (kind IN ('phone', 'email', 'address', 'chat', 'web'))
);
CREATE INDEX contact_point_customer ON contact_point (customer_id, point_id);
CREATE INDEX contact_point_e164 ON contact_point (e164) WHERE e164 IS NOT NULL;
CREATE INDEX contact_point_backwards ON contact_point (backwards) WHERE backwards IS NOT NULL;
CREATE INDEX contact_point_value ON contact_point (value_key) WHERE value_key IS NOT NULL;
";

const NUMBERS: &str = "
CREATE TABLE number_list (
    list_id {PK},
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    builtin BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX number_list_name_key ON number_list (name_key);
INSERT INTO number_list (list_id, name, name_key, builtin, created_at)
    VALUES (1, 'vip', 'vip', 1, 0), (2, 'block', 'block', 1, 0), (3, 'do_not_call', 'do_not_call', 1, 0);

CREATE TABLE number_list_entry (
    entry_id {PK},
    list_id BIGINT NOT NULL REFERENCES number_list (list_id) ON DELETE CASCADE,
    e164 TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    owner_agent BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE UNIQUE INDEX number_list_entry_number ON number_list_entry (list_id, e164);
CREATE INDEX number_list_entry_e164 ON number_list_entry (e164);
";

/// `node`, `seq`, `last_at`: how far this interaction has been told. Lists in JSON are for showing only; filters use
/// `interaction_with`.
const INTERACTIONS: &str = "
CREATE TABLE interaction (
    interaction_id {PK},
    node BIGINT NOT NULL, seq BIGINT NOT NULL, last_at BIGINT NOT NULL,
    direction TEXT NOT NULL,
    began BIGINT NOT NULL,
    ended BIGINT,
    caller_raw TEXT NOT NULL, caller_name TEXT NOT NULL, e164 TEXT, backwards TEXT, withheld BIGINT NOT NULL,
    dialed TEXT NOT NULL,
    trunk_id BIGINT, station_id BIGINT, entry_agent BIGINT,
    customer_id BIGINT, contact_id BIGINT, linked_by BIGINT,
    vip BIGINT NOT NULL,
    cause TEXT, by_kind TEXT, by_agent BIGINT,
    flow TEXT,
    agents TEXT NOT NULL, queues TEXT NOT NULL, pressed TEXT NOT NULL,
    answered BIGINT NOT NULL, queue_entries BIGINT NOT NULL, offers BIGINT NOT NULL, missed_offers BIGINT NOT NULL,
    holds BIGINT NOT NULL, transfers BIGINT NOT NULL,
    ivr_ms BIGINT NOT NULL, wait_ms BIGINT NOT NULL, ring_ms BIGINT NOT NULL, talk_ms BIGINT NOT NULL,
    hold_ms BIGINT NOT NULL, wrap_ms BIGINT NOT NULL, voicemail_ms BIGINT NOT NULL,
    has_recording BIGINT NOT NULL
);
CREATE INDEX interaction_began ON interaction (began, interaction_id);
CREATE INDEX interaction_customer ON interaction (customer_id, began, interaction_id) WHERE customer_id IS NOT NULL;
CREATE INDEX interaction_e164 ON interaction (e164, began, interaction_id) WHERE e164 IS NOT NULL;
CREATE INDEX interaction_backwards ON interaction (backwards) WHERE backwards IS NOT NULL;
CREATE INDEX interaction_cause ON interaction (cause, began, interaction_id);
CREATE INDEX interaction_direction ON interaction (direction, began, interaction_id);
CREATE INDEX interaction_recording ON interaction (has_recording, began, interaction_id);
CREATE INDEX interaction_open ON interaction (interaction_id) WHERE ended IS NULL;

CREATE TABLE interaction_with (
    kind TEXT NOT NULL,
    party_id BIGINT NOT NULL,
    began BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    PRIMARY KEY (kind, party_id, began, interaction_id)
);

CREATE TABLE segment (
    interaction_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    kind TEXT NOT NULL,
    agent_id BIGINT, queue_id BIGINT, offer_id BIGINT, leg_id BIGINT, recording_id BIGINT,
    began BIGINT NOT NULL, ended BIGINT,
    ms BIGINT NOT NULL,
    outcome TEXT,
    detail TEXT,
    PRIMARY KEY (interaction_id, n)
);
CREATE INDEX segment_agent ON segment (agent_id, began) WHERE agent_id IS NOT NULL;
CREATE INDEX segment_queue ON segment (queue_id, began) WHERE queue_id IS NOT NULL;
CREATE INDEX segment_open ON segment (interaction_id) WHERE ended IS NULL;

CREATE TABLE interaction_note (
    interaction_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    dispositions TEXT NOT NULL,
    notes TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (interaction_id, agent_id)
);

CREATE TABLE interaction_disposition (
    disposition_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    PRIMARY KEY (interaction_id, agent_id, disposition_id)
);
CREATE INDEX interaction_disposition_at ON interaction_disposition (disposition_id, at);
";

/// One row per thing that happened, of any kind; `ref_id` is its row in its own room.
const TIMELINE: &str = "
CREATE TABLE timeline_entry (
    kind TEXT NOT NULL,
    ref_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    agent_id BIGINT,
    body TEXT,
    PRIMARY KEY (kind, ref_id)
);
CREATE INDEX timeline_entry_customer ON timeline_entry (customer_id, at, ref_id);
";

const DRAFTS: &str = "
CREATE TABLE draft (
    interaction_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    notes TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (interaction_id, agent_id)
);
";

/// A list as JSON: it is shown and saved, never searched.
const DRAFT_DISPOSITIONS: &str = "
ALTER TABLE draft ADD COLUMN dispositions TEXT NOT NULL DEFAULT '[]';
CREATE INDEX draft_agent ON draft (agent_id, at, interaction_id);
";

/// The list as JSON is for showing; the table is what is searched.
const INTERACTION_TAGS: &str = "
ALTER TABLE interaction ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
CREATE TABLE interaction_tag (
    tag TEXT NOT NULL,
    began BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL,
    PRIMARY KEY (tag, began, interaction_id)
);
CREATE INDEX interaction_tag_of ON interaction_tag (interaction_id);
";

const ENTRY_PBX: &str = "
ALTER TABLE interaction ADD COLUMN entry_pbx BIGINT;
";

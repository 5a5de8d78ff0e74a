//! Tables of this room.

use store::Migrations;

pub const MIGRATIONS: Migrations = Migrations { room: "company", steps: &[("1_company", COMPANY), ("2_audit_at", AUDIT_AT), ("3_desk_message", DESK_MESSAGE)] };

const COMPANY: &str = "
CREATE TABLE config_item (
    item_id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    name_key TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BIGINT
);
CREATE UNIQUE INDEX config_item_name_key ON config_item (kind, name_key);
CREATE TABLE config_change (
    change_id BIGINT PRIMARY KEY,
    item_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_agent BIGINT
);
CREATE INDEX config_change_item ON config_change (item_id, version);
CREATE TABLE credential (
    agent_id BIGINT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    must_change BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE TABLE auth_session (
    token_hash TEXT PRIMARY KEY,
    agent_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX auth_session_agent ON auth_session (agent_id, created_at);
CREATE TABLE audit (
    audit_id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor BIGINT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT NOT NULL,
    chain TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor, audit_id);
CREATE INDEX audit_action ON audit (action, audit_id);
CREATE TABLE audit_head (
    one BIGINT PRIMARY KEY,
    chain TEXT NOT NULL
);
INSERT INTO audit_head (one, chain) VALUES (1, '');
";

/// The audit log is asked for by days: in the order of moments, of everybody, of one person, of one kind of act.
const AUDIT_AT: &str = "
CREATE INDEX audit_at ON audit (at, audit_id);
CREATE INDEX audit_actor_at ON audit (actor, at, audit_id);
CREATE INDEX audit_action_at ON audit (action, at, audit_id);
DROP INDEX audit_actor;
DROP INDEX audit_action;
";

/// Lines between agents and those who supervise.
const DESK_MESSAGE: &str = "
CREATE TABLE desk_message (
    message_id BIGINT PRIMARY KEY,
    agent_id BIGINT NOT NULL,
    author BIGINT NOT NULL,
    at BIGINT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX desk_message_line ON desk_message (agent_id, message_id);
CREATE INDEX desk_message_author ON desk_message (author, at);
CREATE INDEX desk_message_at ON desk_message (at);
CREATE TABLE desk_message_seen (
    agent_id BIGINT NOT NULL,
    reader BIGINT NOT NULL,
    up_to BIGINT NOT NULL,
    PRIMARY KEY (agent_id, reader)
);
";

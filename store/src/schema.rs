//! The tables of this room.

use crate::Migrations;

/// First in every list given to [`crate::Db::migrate`].
pub const MIGRATIONS: Migrations = Migrations {
    room: "store",
    steps: &[
        (
            "ledger",
            "CREATE TABLE event (node BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, interaction BIGINT, \
               kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (node, seq)); \
             CREATE INDEX event_interaction ON event (interaction, at) WHERE interaction IS NOT NULL; \
             CREATE INDEX event_at ON event (at, node, seq); \
             CREATE TABLE ledger_node (node BIGINT PRIMARY KEY, last_seq BIGINT NOT NULL);",
        ),
        (
            "folds",
            "CREATE TABLE fold_position (fold TEXT NOT NULL, node BIGINT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (fold, node)); \
             CREATE TABLE fold_failure (fold TEXT NOT NULL, node BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, \
               error TEXT NOT NULL, PRIMARY KEY (fold, node, seq));",
        ),
        (
            "outbox",
            "CREATE TABLE outbox (seq {PK}, at BIGINT NOT NULL, topic TEXT NOT NULL, key BIGINT NOT NULL, op TEXT NOT NULL); \
             CREATE TABLE outbox_position (consumer TEXT PRIMARY KEY, seq BIGINT NOT NULL);",
        ),
        (
            "lease",
            "CREATE TABLE lease (name TEXT PRIMARY KEY, node BIGINT NOT NULL, epoch BIGINT NOT NULL, expires_at BIGINT NOT NULL);",
        ),
    ],
};

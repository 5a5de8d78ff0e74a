//! The tables of this room. The raw rows (`queue_entry`, `handling`, `offer_entry`) are what a figure lists when asked;
//! the roll-up is their sum.

use store::Migrations;

/// Queue and agent 0: none.
pub const MIGRATIONS: Migrations = Migrations {
    room: "reports",
    steps: &[
        (
            "thresholds",
            "CREATE TABLE report_threshold (queue BIGINT NOT NULL, since BIGINT NOT NULL, target_ms BIGINT NOT NULL, \
               short_ms BIGINT NOT NULL, PRIMARY KEY (queue, since));",
        ),
        (
            "rollup",
            "CREATE TABLE queue_entry (node BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, queue BIGINT NOT NULL, \
               agent BIGINT NOT NULL, interaction BIGINT NOT NULL, outcome TEXT NOT NULL, waited_ms BIGINT NOT NULL, \
               first BIGINT NOT NULL, target_ms BIGINT NOT NULL, short_ms BIGINT NOT NULL, PRIMARY KEY (node, seq)); \
             CREATE INDEX queue_entry_queue ON queue_entry (queue, at); \
             CREATE INDEX queue_entry_interaction ON queue_entry (interaction); \
             CREATE TABLE offer_entry (node BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, queue BIGINT NOT NULL, \
               agent BIGINT NOT NULL, interaction BIGINT NOT NULL, outcome TEXT NOT NULL, rang_ms BIGINT NOT NULL, \
               PRIMARY KEY (node, seq)); \
             CREATE INDEX offer_entry_agent ON offer_entry (agent, at); \
             CREATE INDEX offer_entry_interaction ON offer_entry (interaction, at); \
             CREATE TABLE handling_open (agent BIGINT NOT NULL, interaction BIGINT NOT NULL, queue BIGINT NOT NULL, \
               talk_ms BIGINT NOT NULL, hold_ms BIGINT NOT NULL, PRIMARY KEY (agent, interaction)); \
             CREATE TABLE open_part (interaction BIGINT NOT NULL, agent BIGINT NOT NULL, queue BIGINT NOT NULL, \
               since BIGINT NOT NULL, PRIMARY KEY (interaction, agent, queue)); \
             CREATE TABLE handling (node BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, queue BIGINT NOT NULL, \
               agent BIGINT NOT NULL, interaction BIGINT NOT NULL, handled BIGINT NOT NULL, talk_ms BIGINT NOT NULL, hold_ms BIGINT NOT NULL, \
               wrap_ms BIGINT NOT NULL, PRIMARY KEY (node, seq, agent, interaction)); \
             CREATE INDEX handling_queue ON handling (queue, at); \
             CREATE INDEX handling_agent ON handling (agent, at); \
             CREATE TABLE rollup (start BIGINT NOT NULL, queue BIGINT NOT NULL, agent BIGINT NOT NULL, \
               target_ms BIGINT NOT NULL, short_ms BIGINT NOT NULL, \
               callers BIGINT NOT NULL, answered BIGINT NOT NULL, within_target BIGINT NOT NULL, abandoned BIGINT NOT NULL, \
               short_abandoned BIGINT NOT NULL, flowed_out BIGINT NOT NULL, lost BIGINT NOT NULL, \
               wait_answered_ms BIGINT NOT NULL, wait_abandoned_ms BIGINT NOT NULL, max_wait_ms BIGINT NOT NULL, \
               offers_answered BIGINT NOT NULL, offers_missed BIGINT NOT NULL, offers_rejected BIGINT NOT NULL, \
               offers_withdrawn BIGINT NOT NULL, offers_failed BIGINT NOT NULL, rang_ms BIGINT NOT NULL, \
               handled BIGINT NOT NULL, talk_ms BIGINT NOT NULL, hold_ms BIGINT NOT NULL, wrap_ms BIGINT NOT NULL, \
               PRIMARY KEY (start, queue, agent, target_ms, short_ms)); \
             CREATE INDEX rollup_agent ON rollup (agent, start);",
        ),
        (
            "agent_interval",
            "CREATE TABLE agent_interval (agent BIGINT NOT NULL, since BIGINT NOT NULL, until BIGINT, node BIGINT NOT NULL, \
               seq BIGINT NOT NULL, status TEXT NOT NULL, reason BIGINT, activity TEXT NOT NULL, interaction BIGINT, \
               health TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (agent, since, node, seq)); \
             CREATE UNIQUE INDEX agent_interval_open ON agent_interval (agent) WHERE until IS NULL; \
             CREATE INDEX agent_interval_until ON agent_interval (until);",
        ),
        (
            "board",
            "CREATE TABLE board_snapshot (node BIGINT PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL);",
        ),
    ],
};

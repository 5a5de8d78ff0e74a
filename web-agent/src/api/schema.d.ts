// Generated from `agent-server/openapi.json` by `cargo xtask gen`. Do not edit.

import type * as contract from "../contract.gen";
export interface paths {
    "/api/v1/admin/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * agents: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminAgents"];
        put?: never;
        /**
         * agents: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminAgents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * agents: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminAgentsId"];
        /**
         * agents: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminAgentsId"];
        post?: never;
        /**
         * agents: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminAgentsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/agents/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * agents: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminAgentsIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log, newest first
         * @description Needs `audit.read`.
         */
        get: operations["getAdminAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/company": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The company
         * @description Needs `admin.read`.
         */
        get: operations["getAdminCompany"];
        /**
         * Change the company
         * @description Needs `admin.write`.
         */
        put: operations["putAdminCompany"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/company/web-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a key that signs who visitors are
         * @description The newest and the one before hold; an older one is of no use any more.
         *
         *     Needs `admin.write`.
         */
        post: operations["postAdminCompanyWebKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/dispositions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * dispositions: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminDispositions"];
        put?: never;
        /**
         * dispositions: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminDispositions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/dispositions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * dispositions: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminDispositionsId"];
        /**
         * dispositions: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminDispositionsId"];
        post?: never;
        /**
         * dispositions: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminDispositionsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/dispositions/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * dispositions: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminDispositionsIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/flows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All flows
         * @description Needs `admin.read`.
         */
        get: operations["getAdminFlows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/flows/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One flow
         * @description Needs `admin.read`.
         */
        get: operations["getAdminFlowsName"];
        /**
         * Add or change a flow
         * @description 422 `flow_invalid` with `problems` where it does not compile. Calls that walk the old one go on with it.
         *
         *     Needs `admin.write`.
         */
        put: operations["putAdminFlowsName"];
        post?: never;
        /**
         * Remove a flow nobody uses
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminFlowsName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/flows/{name}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a flow's text
         * @description Needs `admin.write`.
         */
        post: operations["postAdminFlowsNameCheck"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/flows/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a flow, newest first
         * @description Needs `admin.read`.
         */
        get: operations["getAdminFlowsNameVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All number lists
         * @description Needs `admin.read`.
         */
        get: operations["getAdminLists"];
        put?: never;
        /**
         * Add a number list
         * @description Needs `admin.write`.
         */
        post: operations["postAdminLists"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/lists/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One number list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminListsId"];
        /**
         * Change a number list
         * @description Needs `admin.write`.
         */
        put: operations["putAdminListsId"];
        post?: never;
        /**
         * Remove a number list with its numbers
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminListsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/numbers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * numbers: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminNumbers"];
        put?: never;
        /**
         * numbers: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminNumbers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/numbers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * numbers: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminNumbersId"];
        /**
         * numbers: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminNumbersId"];
        post?: never;
        /**
         * numbers: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminNumbersId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/numbers/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * numbers: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminNumbersIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/pbxs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * pbxs: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminPbxs"];
        put?: never;
        /**
         * pbxs: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminPbxs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/pbxs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * pbxs: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminPbxsId"];
        /**
         * pbxs: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminPbxsId"];
        post?: never;
        /**
         * pbxs: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminPbxsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/pbxs/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * pbxs: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminPbxsIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All prompts and music, built-in ones and own ones
         * @description Needs `admin.read`.
         */
        get: operations["getAdminPrompts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/prompts/{language}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Put a prompt here, or replace one
         * @description The body is a WAV file: linear or float samples or G.711, one or two channels, 4 to 384 kHz, at most 30 minutes and 64 MiB.
         *     422 names what is wrong with it: `file` by the rules `not_wav`, `coding`, `damaged`, `shape`, `too_long`, `too_large`,
         *     `empty`, `room`; or `name`.
         *
         *     Needs `admin.write`.
         */
        put: operations["putAdminPromptsLanguageName"];
        post?: never;
        /**
         * Delete an own prompt
         * @description The built-in one of its name is played again. 409 `in_use` with `usedBy` where there is none and a flow or a queue plays it.
         *
         *     Needs `admin.write`.
         */
        delete: operations["deleteAdminPromptsLanguageName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/prompts/{language}/{name}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hear a prompt
         * @description The WAV file as it was put here; of what the program makes itself, as callers hear it.
         *
         *     Needs `admin.read`.
         */
        get: operations["getAdminPromptsLanguageNameAudio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * queues: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminQueues"];
        put?: never;
        /**
         * queues: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminQueues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * queues: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminQueuesId"];
        /**
         * queues: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminQueuesId"];
        post?: never;
        /**
         * queues: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminQueuesId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * queues: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminQueuesIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/reasons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * reasons: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminReasons"];
        put?: never;
        /**
         * reasons: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminReasons"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/reasons/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * reasons: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminReasonsId"];
        /**
         * reasons: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminReasonsId"];
        post?: never;
        /**
         * reasons: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminReasonsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/reasons/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * reasons: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminReasonsIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/skills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * skills: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminSkills"];
        put?: never;
        /**
         * skills: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminSkills"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/skills/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * skills: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminSkillsId"];
        /**
         * skills: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminSkillsId"];
        post?: never;
        /**
         * skills: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminSkillsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/skills/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * skills: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminSkillsIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * stations: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminStations"];
        put?: never;
        /**
         * stations: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminStations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * stations: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminStationsId"];
        /**
         * stations: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminStationsId"];
        post?: never;
        /**
         * stations: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminStationsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stations/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * stations: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminStationsIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * teams: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminTeams"];
        put?: never;
        /**
         * teams: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminTeams"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/teams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * teams: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminTeamsId"];
        /**
         * teams: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminTeamsId"];
        post?: never;
        /**
         * teams: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminTeamsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/teams/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * teams: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminTeamsIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/trunks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * trunks: list
         * @description Needs `admin.read`.
         */
        get: operations["getAdminTrunks"];
        put?: never;
        /**
         * trunks: add
         * @description Needs `admin.write`.
         */
        post: operations["postAdminTrunks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/trunks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * trunks: read
         * @description Needs `admin.read`.
         */
        get: operations["getAdminTrunksId"];
        /**
         * trunks: change
         * @description Needs `admin.write`.
         */
        put: operations["putAdminTrunksId"];
        post?: never;
        /**
         * trunks: remove
         * @description Needs `admin.write`.
         */
        delete: operations["deleteAdminTrunksId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/trunks/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * trunks: history
         * @description Needs `admin.read`.
         */
        get: operations["getAdminTrunksIdHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call a number from the station of my seat
         * @description My phone rings first; once it is lifted the number is dialed.
         *
         *     Needs `desk.use`.
         */
        post: operations["postCalls"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer a call that rings at my desk
         * @description Where the phone cannot be answered from here, 409 `phone_only`.
         *
         *     Needs `desk.use`.
         */
        post: operations["postCallsInteractionAnswer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * I leave, and whoever I asked goes on with my caller
         * @description After a consultation: the attended transfer. Out of a conference: the others go on.
         *
         *     Needs `desk.use`.
         */
        post: operations["postCallsInteractionComplete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/consult": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask a queue, an agent or a number, while my caller hears music
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionConsult"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/digits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send digits to my caller
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionDigits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Somebody I asked is to go; I am with my caller again
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionDrop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/hangup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hang up
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionHangup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put my caller on hold
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * My caller, whoever I asked and I hear each other
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionJoin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a waiting caller elsewhere
         * @description With the time waited. Where the way is no way, the caller comes back to the front of its queue and I am told.
         *
         *     Needs `calls.supervise`.
         */
        post: operations["postCallsInteractionMove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * My caller hears me no more
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionMute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/park": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * My caller waits in a numbered place until somebody takes them; I am free
         * @description Where nobody does in time, my phone rings for them again.
         *
         *     Needs `desk.use`.
         */
        post: operations["postCallsInteractionPark"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/raise": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a waiting caller before all others of its queue
         * @description Needs `calls.supervise`.
         */
        post: operations["postCallsInteractionRaise"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/recording/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record nothing until resumed
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionRecordingPause"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/recording/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record again
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionRecordingResume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject a call that rings at my desk; the caller keeps the place
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionReject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back to my caller
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionResume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/supervision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Be in a talk of my team
         * @description Rings my phone. `listen`: I hear both and nobody hears me; `whisper`: the agent hears me too; `barge`: everybody does.
         *     Once in, this changes the mode. I leave any other talk I am in.
         *
         *     Needs `calls.supervise`.
         */
        put: operations["putCallsInteractionSupervision"];
        post?: never;
        /**
         * Leave the talk I am in as a supervisor
         * @description Needs `calls.supervise`.
         */
        delete: operations["deleteCallsInteractionSupervision"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/supervision/take-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have the talk I am in as a supervisor for myself
         * @description The agent is let go and has the wrap-up; the caller is mine, and whoever else joined stays.
         *
         *     Needs `calls.supervise`.
         */
        post: operations["postCallsInteractionSupervisionTakeOver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/swap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * From my caller to whoever I asked, or back
         * @description Whoever I am not with hears music.
         *
         *     Needs `desk.use`.
         */
        post: operations["postCallsInteractionSwap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a parked caller
         * @description My phone rings; lifted, we talk.
         *
         *     Needs `desk.use`.
         */
        post: operations["postCallsInteractionTake"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send my caller to a queue, an agent or a number
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionTransfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{interaction}/unmute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * My caller hears me again
         * @description Needs `desk.use`.
         */
        post: operations["postCallsInteractionUnmute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Customers, newest first
         * @description Needs `customers.read`.
         */
        get: operations["getCustomers"];
        put?: never;
        /**
         * Add a customer
         * @description Needs `customers.write`.
         */
        post: operations["postCustomers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One customer
         * @description Needs `customers.read`.
         */
        get: operations["getCustomersId"];
        /**
         * Change a customer
         * @description What others changed since in other fields stays. Where both changed the same, 409 names the fields in `errors` and holds
         *     the customer as it is now; nothing is saved.
         *
         *     Needs `customers.write`.
         */
        put: operations["putCustomersId"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{id}/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a person at a customer
         * @description Needs `customers.write`.
         */
        post: operations["postCustomersIdContacts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{id}/contacts/{contact}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a person at a customer
         * @description Needs `customers.write`.
         */
        put: operations["putCustomersIdContactsContact"];
        post?: never;
        /**
         * Remove a person at a customer
         * @description Needs `customers.write`.
         */
        delete: operations["deleteCustomersIdContactsContact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{id}/points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a number or address
         * @description Needs `customers.write`.
         */
        post: operations["postCustomersIdPoints"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{id}/points/{point}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a number or address
         * @description Needs `customers.write`.
         */
        delete: operations["deleteCustomersIdPointsPoint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that happened with a customer, newest first
         * @description Needs `customers.read`.
         */
        get: operations["getCustomersIdTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/desk/ice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How my browser reaches the server
         * @description What its peer connection is made with: a relay of the company's, where there is one, with a name and a password that hold for
         *     a shift. To be asked for anew with each connection.
         *
         *     Needs `desk.use`.
         */
        get: operations["getDeskIce"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/desk/line": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * My browser becomes my phone
         * @description My seat must be at this browser. A line that stood before is closed, and a talk goes on over the new one: so it is after a
         *     reload. 409 `other_station` where my seat is not here, 409 `phone_elsewhere` where another browser of mine is the phone and I
         *     do not take it over; 503 `no_line` where a line is to be renewed and there is none; 422 `bad_offer` where the offer is none.
         *
         *     Needs `desk.use`.
         */
        post: operations["postDeskLine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/desk/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What my desk offers to choose from
         * @description Needs `desk.use`.
         */
        get: operations["getDeskSetup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/desk/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My line
         * @description A WebSocket: `DeskMessage` down, `DeskIntent` up, both JSON, as in `contract.gen.ts`.
         *
         *     Needs `desk.use`.
         */
        get: operations["getDeskWs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calls I have not finished with
         * @description About which I typed something and saved nothing, the last touched first. Kept for 30 days.
         *
         *     Needs `desk.use`.
         */
        get: operations["getDrafts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/filters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What calls and recordings can be narrowed down by
         * @description Only agents whose calls or recordings you may list.
         *
         *     Needs `calls.read`.
         */
        get: operations["getFilters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The call list, newest first
         * @description Without `calls.all`, one's own calls.
         *
         *     Needs `calls.read`.
         */
        get: operations["getInteractions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interactions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One call with everything that happened
         * @description Without `calls.all`, one's own calls and those of customers.
         *
         *     Needs `calls.read`.
         */
        get: operations["getInteractionsId"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interactions/{id}/customer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Settle which customer a call was with
         * @description By an agent who had it, or a supervisor. The call moves to that customer's timeline.
         *
         *     Needs `desk.use`.
         */
        put: operations["putInteractionsIdCustomer"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interactions/{id}/disposition": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say what a call came to
         * @description By an agent who had it, or a supervisor. The last word of each person stands.
         *
         *     Needs `desk.use`.
         */
        put: operations["putInteractionsIdDisposition"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interactions/{id}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Keep what I am typing about a call
         * @description Mine, and of colleagues who are in the call with me, until the disposition is saved. Empty: none.
         *
         *     Needs `desk.use`.
         */
        put: operations["putInteractionsIdDraft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interactions/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What colleagues wrote about a call on my desk
         * @description Saved or still being typed, the first written first: who is asked into a call, or gets one, reads on where the colleague
         *     is.
         *
         *     Needs `desk.use`.
         */
        get: operations["getInteractionsIdNotes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/interactions/{id}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Tag a call
         * @description While it lasts or later, by an agent who had it, or a supervisor. The last word stands.
         *
         *     Needs `desk.use`.
         */
        put: operations["putInteractionsIdTags"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calls, agents and queues now
         * @description Needs `live.read`.
         */
        get: operations["getLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live/explain/{interaction}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why a waiting call is or is not being offered
         * @description Everybody who might take it, the best first, each with what stands against it. 404: it does not wait.
         *
         *     Needs `live.read`.
         */
        get: operations["getLiveExplainInteraction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lines I take part in
         * @description The last written to first, of those with messages of the last 30 days.
         *
         *     Needs `desk.use`.
         */
        get: operations["getMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{agent}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was written on an agent's line
         * @description The newest first.
         *
         *     Needs `desk.use`.
         */
        get: operations["getMessagesAgent"];
        put?: never;
        /**
         * Write on an agent's line
         * @description All who take part and have a desk open are told at once. At most 30 messages a minute.
         *
         *     Needs `desk.use`.
         */
        post: operations["postMessagesAgent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{agent}/seen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * I have seen an agent's line up to this message
         * @description Needs `desk.use`.
         */
        put: operations["putMessagesAgentSeen"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/parked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Callers who are parked, by place
         * @description Needs `desk.use`.
         */
        get: operations["getParked"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recordings you may hear, newest first
         * @description Agents: their own; supervisors: their teams'; QA and administrators: all.
         *
         *     Needs `recordings.listen`.
         */
        get: operations["getRecordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a recording
         * @description For good: row, sound and shape. That it was there, when, and why it is not any more stays.
         *
         *     Needs `admin.write`.
         */
        delete: operations["deleteRecordingsId"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hear a recording
         * @description A WAV file; `Range` seeks. Stereo: left the customer, right the agent. Audited: once per listening, every download.
         *
         *     Needs `recordings.listen`.
         */
        get: operations["getRecordingsIdAudio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The shape of a recording, to draw it without loading it
         * @description Needs `recordings.listen`.
         */
        get: operations["getRecordingsIdPeaks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/seat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change my seat
         * @description `{"kind": "sign_in", "station": id}`, `ready`, `not_ready` with `reason`, `sign_out`, `end_wrap_up`, `extend_wrap_up`
         *     with `byMs`.
         *
         *     Needs `desk.use`.
         */
        put: operations["putSeat"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/seats/{agent}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change somebody's seat
         * @description As one's own. The person sees that somebody else did it; the audit log says who.
         *
         *     Needs `seats.force`.
         */
        put: operations["putSeatsAgent"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in
         * @description The session comes as a cookie. Wrong names and wrong passwords get the same answer; after too many, 429.
         */
        post: operations["postSession"];
        /** Sign out */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change my password
         * @description All my other sessions end.
         */
        put: operations["putSessionPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tags in use
         * @description Of calls of the last 90 days, the most used first, at most 100.
         *
         *     Needs `calls.read`.
         */
        get: operations["getTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/web-call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A call from a web page
         * @description A WebSocket that `/call.js` speaks. Up: `{"kind":"call","number","sdp","token"}`, then `{"kind":"digit","digit"}`,
         *     `{"kind":"renew","sdp"}` (another network) and `{"kind":"bye"}`. Down: `{"kind":"hello","iceServers"}`, `{"kind":"answer","call","sdp"}` or `{"kind":"refused","code","message"}`, then
         *     `{"kind":"ended","cause"}`. Only pages whose origin the company lists may call.
         */
        get: operations["getWebCall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Address: {
            address: string;
            state: components["schemas"]["AddressState"];
        };
        /** @enum {string} */
        AddressState: "unknown" | "up" | "down";
        /** @description A person who signs in. */
        Agent: {
            /** @description Signs in only while active. */
            active: boolean;
            /** @description Outside numbers this person may dial or transfer to, as prefixes of the E.164 form; empty: none. */
            dialPrefixes: string[];
            /** @description `zh-CN` or `en`. */
            language: string;
            name: string;
            roles: components["schemas"]["Role"][];
            skills: components["schemas"]["SkillLevel"][];
            /** @description The station proposed at sign-in. */
            station: string | null;
            team: string | null;
            username: string;
        };
        AgentName: {
            name: string;
            team: string | null;
        };
        /** @enum {string} */
        AnswerBy: "phone" | "talk_event" | "auto_answer";
        AuditRow: {
            /** @description Dotted and stable: `session.begin`, `recording.listen`, `queues.update`. */
            action: string;
            actor: string | null;
            address: string;
            /** Format: int64 */
            at: number;
            detail: string;
            id: string;
            /** @description `kind/id`. */
            object: string;
        };
        /** @description One caller and everybody who might serve. */
        CallExplained: {
            /** @description First who could be rung, the best first; then by how soon the obstacle may go. */
            agents: components["schemas"]["Verdict"][];
            interaction: string;
            /** Format: int32 */
            position: number | null;
            /** @description Null where the caller waits for one agent. */
            queue: string | null;
            /** @description Who is being rung. */
            ringing: string | null;
            /** Format: int32 */
            waitedMs: number;
        };
        /** @description `Candidate` in `contract.gen.ts`. */
        Candidate: contract.Candidate;
        /** @description Without an item it was removed */
        Change_Agent: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Agent"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Disposition: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Disposition"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Number: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Number"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Pbx: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Pbx"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Queue: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Queue"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Reason: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Reason"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Skill: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Skill"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Station: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Station"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Team: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Team"];
            note: string;
            version: number;
        };
        /** @description Without an item it was removed */
        Change_Trunk: {
            at: number;
            by: string | null;
            item: null | components["schemas"]["Trunk"];
            note: string;
            version: number;
        };
        /** @enum {string} */
        Codec: "pcma" | "pcmu";
        Colleague: {
            id: string;
            name: string;
            presence: components["schemas"]["Presence"];
            team: string | null;
        };
        /** @description What a colleague wrote about a call that is on my desk. */
        ColleagueNotes: {
            agent: string;
            agentName: string;
            /** Format: int64 */
            at: number;
            notes: string;
            /** @description Saved; else still being typed. */
            saved: boolean;
        };
        /** @description A person at a customer. */
        Contact: {
            id: string;
            name: string;
            primary: boolean;
            role: string | null;
            /** Format: int64 */
            version: number;
        };
        /** @description A person at a customer, as people write it. */
        ContactEdit: {
            name: string;
            /** @description Takes the place of the primary contact before. */
            primary?: boolean;
            role?: string | null;
        };
        ContactPoint: {
            badNumber: boolean;
            contact: string | null;
            doNotCall: boolean;
            /** @description Of phones, where a numbering plan has it. */
            e164: string | null;
            extension: string | null;
            id: string;
            kind: components["schemas"]["PointKind"];
            label: string | null;
            primary: boolean;
            sharedLine: boolean;
            /** @description As it was written. */
            value: string;
            verified: boolean;
        };
        /** @description A contact as it is to be, and the version the edit began from. */
        ContactSave: components["schemas"]["ContactEdit"] & {
            /** Format: int64 */
            version: number;
        };
        Credentials: {
            password: string;
            username: string;
        };
        Customer: {
            contacts: components["schemas"]["Contact"][];
            /** Format: int64 */
            createdAt: number;
            id: string;
            industry: string | null;
            kind: components["schemas"]["CustomerKind"];
            level: string | null;
            name: string;
            notes: string | null;
            ownerAgent: string | null;
            ownerTeam: string | null;
            points: components["schemas"]["ContactPoint"][];
            region: string | null;
            source: string | null;
            stage: string | null;
            /** Format: int64 */
            updatedAt: number;
            /**
             * Format: int64
             * @description Sent back on saving.
             */
            version: number;
            vip: boolean;
        };
        /** @description All that people write about a customer; a save sends all of it. */
        CustomerEdit: {
            industry?: string | null;
            kind?: components["schemas"]["CustomerKind"];
            level?: string | null;
            name: string;
            notes?: string | null;
            ownerAgent?: string | null;
            ownerTeam?: string | null;
            region?: string | null;
            source?: string | null;
            stage?: string | null;
            vip?: boolean;
        };
        /** @enum {string} */
        CustomerKind: "person" | "organisation";
        /** @description Who it was. */
        CustomerLink: {
            /** @description The person at the customer. */
            contact?: string | null;
            /** @description Null: nobody known. */
            customer?: string | null;
        };
        /** @description A customer to be, with its first numbers and addresses. */
        CustomerNew: components["schemas"]["CustomerEdit"] & {
            /** @description At most 20. */
            points?: components["schemas"]["PointEdit"][];
        };
        /** @description One line of the customer list. */
        CustomerRow: {
            id: string;
            kind: components["schemas"]["CustomerKind"];
            lastContactAt: number | null;
            level: string | null;
            name: string;
            /** @description The primary phone, or the oldest: E.164, or as written. */
            number: string | null;
            vip: boolean;
        };
        /** @description A customer as it is to be, and the version the edit began from. */
        CustomerSave: components["schemas"]["CustomerEdit"] & {
            /** Format: int64 */
            version: number;
        };
        /** @description What a desk offers to choose from. */
        DeskSetup: {
            agents: components["schemas"]["Colleague"][];
            dispositions: components["schemas"]["DispositionChoice"][];
            flows: components["schemas"]["FlowChoice"][];
            queues: components["schemas"]["QueueChoice"][];
            reasons: components["schemas"]["ReasonChoice"][];
            stations: components["schemas"]["StationChoice"][];
        };
        /** @description `DeskWords` in `contract.gen.ts`. */
        DeskWords: contract.DeskWords;
        Dial: {
            /** @description As one would dial it; my number rules apply. */
            number: string;
            /** @description Whose wrap-up and figures the talk has. */
            queue?: string | null;
        };
        /** @description The call that begins. */
        Dialed: {
            interaction: string;
        };
        /**
         * @description What a phone is asked to prove its password with.
         * @enum {string}
         */
        DigestBy: "both" | "md5" | "sha256";
        Digits: {
            /** @description `0-9*#A-D`, at most 32. */
            digits: string;
        };
        /** @enum {string} */
        Direction: "inbound" | "outbound" | "internal";
        Disposition: {
            nameEn: string;
            nameZh: string;
            /** @description Two levels at most: a parent has none itself. */
            parent: string | null;
            /**
             * Format: int32
             * @description Order among its siblings.
             */
            position: number;
            /** @description Where it is offered; empty: everywhere. */
            queues: string[];
        };
        /** @description At most two levels; where there are children, one of them is chosen. */
        DispositionChoice: components["schemas"]["Named"] & {
            children: components["schemas"]["DispositionChoice"][];
            /** @description Where it is offered; empty: everywhere. */
            queues: string[];
        };
        /** @description What an interaction came to. */
        DispositionEdit: {
            /** @description Leaves of the company's tree, at most 10. */
            dispositions: string[];
            /** @description At most 20,000 characters. */
            notes?: string;
        };
        /** @description What you typed about a call and have not saved. */
        Draft: {
            /** Format: int64 */
            at: number;
            /** @description Those that can still be chosen. */
            dispositions: string[];
            notes: string;
        };
        /** @description Typed and not saved. */
        DraftEdit: {
            /** @description At most 10. */
            dispositions?: string[];
            /** @description At most 20,000 characters. */
            notes: string;
        };
        /** @description A call about which you typed something and saved nothing. */
        DraftRow: components["schemas"]["Draft"] & {
            interaction: components["schemas"]["InteractionRow"];
        };
        /** @description A person who signs in. */
        Edit_Agent: {
            /** @description Signs in only while active. */
            active: boolean;
            /** @description For the history */
            changeNote?: string;
            /** @description Outside numbers this person may dial or transfer to, as prefixes of the E.164 form; empty: none. */
            dialPrefixes?: string[];
            /** @description `zh-CN` or `en`. */
            language: string;
            name: string;
            /** @description To be changed at the next sign-in; left out, the old one stays */
            password?: string;
            roles: components["schemas"]["Role"][];
            skills?: components["schemas"]["SkillLevel"][];
            /** @description The station proposed at sign-in. */
            station?: string | null;
            team?: string | null;
            username: string;
        };
        Edit_Disposition: {
            /** @description For the history */
            changeNote?: string;
            nameEn: string;
            nameZh: string;
            /** @description Two levels at most: a parent has none itself. */
            parent?: string | null;
            /**
             * Format: int32
             * @description Order among its siblings.
             */
            position?: number;
            /** @description Where it is offered; empty: everywhere. */
            queues?: string[];
        };
        Edit_Number: {
            /** @description For the history */
            changeNote?: string;
            /** @description Name of the flow it starts. */
            flow: string;
            note?: string;
            /** @description As the trunk sends it; a trailing `*` matches any rest. */
            pattern: string;
        };
        /** @description It routes and carries the audio of its calls; we see what happens there and steer it. */
        Edit_Pbx: {
            /** @description Connected to only while active. */
            active: boolean;
            /** @description `host:port`: 5038 (5039 over TLS) for Asterisk, 8021 for FreeSWITCH. */
            address: string;
            /** @description The name in its certificate; empty: the host of the address. */
            certificateName: string;
            /** @description For the history */
            changeNote?: string;
            /** @description Where in its dialplan the numbers begin that are dialed and transferred to. */
            context: string;
            name: string;
            /** @description Only ever sent in; left out, the old one stays. */
            password?: string | null;
            /** @description Its queues that are ours too: their calls count there. Calls of others are calls without a queue. */
            queues?: components["schemas"]["PbxQueue"][];
            /** @description The folder of its recordings as it names it: `/var/spool/asterisk/monitor`. */
            recordedIn: string;
            /** @description The same folder as we reach it: a path, or an `http(s)://` address; empty: recordings stay there. */
            recordings: string;
            speaks: components["schemas"]["PbxKind"];
            tls?: boolean;
            /** @description Of its manager interface; empty for FreeSWITCH, which knows only a password. */
            user: string;
        };
        Edit_Queue: {
            /**
             * Format: int32
             * @description One step of priority for every so many seconds waited; 0: none.
             */
            ageStepSeconds: number;
            /**
             * Format: int32
             * @description Every how often the place in the queue is said; 0: never.
             */
            announceSeconds: number;
            atMaxWait: components["schemas"]["Overflow"];
            /** @description Phones that can are answered by themselves, with a tone to the agent. */
            autoAnswer?: boolean;
            /** @description Shown to whom agents of this queue call, before the trunk's; empty: none of its own. */
            callerId: string;
            /** @description For the history */
            changeNote?: string;
            /**
             * Format: int32
             * @description Longest wait; 0: none.
             */
            maxWaitSeconds: number;
            /**
             * Format: int32
             * @description Most callers waiting; 0: the node's limit.
             */
            maxWaiting: number;
            missedNotReady: boolean;
            /** @description Name of the music; empty: the default. */
            music?: string;
            name: string;
            /**
             * Format: int32
             * @description 0 (normal) to 9.
             */
            priority: number;
            record: boolean;
            rejectedNotReady: boolean;
            /**
             * Format: int32
             * @description How long one phone rings: 5 to 120.
             */
            ringSeconds: number;
            /**
             * Format: int32
             * @description Leaving at or under this is a short abandon.
             */
            shortSeconds: number;
            /** @description All of these, at least at the level. */
            skills?: components["schemas"]["SkillLevel"][];
            /**
             * Format: int32
             * @description Service level: answered within.
             */
            targetSeconds: number;
            whenFull: components["schemas"]["Overflow"];
            /**
             * Format: int32
             * @description 0: none.
             */
            wrapUpSeconds: number;
        };
        Edit_Reason: {
            /** @description For the history */
            changeNote?: string;
            nameEn: string;
            nameZh: string;
            /**
             * Format: int32
             * @description How long this kind of break is meant to last; 0: no aim.
             */
            targetMinutes?: number;
        };
        Edit_Skill: {
            /** @description For the history */
            changeNote?: string;
            name: string;
        };
        Edit_Station: {
            answerBy: components["schemas"]["AnswerBy"];
            /** @description For the history */
            changeNote?: string;
            /** @description `md5` only for phones that refuse a challenge with SHA-256 beside it. */
            digest?: components["schemas"]["DigestBy"];
            /** @description Asterisk: technology and peer, `PJSIP/a001`. FreeSWITCH: a user of its directory, `1001` or `1001@domain`. */
            line: string;
            note?: string;
            /** @description Nobody registers there: each call is dialed to this number, over the trunks that take it. Empty: a phone that registers. */
            number?: string;
            password?: string | null;
            /** @description A phone of this PBX beside us, which rings it; `line` says which. */
            pbx?: string | null;
            srtp?: components["schemas"]["Srtp"];
            /** @description SIP user and digest user name. */
            username: string;
        };
        Edit_Team: {
            /** @description For the history */
            changeNote?: string;
            lead?: string | null;
            name: string;
        };
        Edit_Trunk: {
            callerId?: string;
            /** @description For the history */
            changeNote?: string;
            /** @description What is spoken there, in order; empty: both, as the other side of the call speaks. */
            codecs?: components["schemas"]["Codec"][];
            /** @description ISO 3166, for reading national numbers; empty: the company's. */
            country?: string;
            /**
             * @description Our account there, for its challenges and for registering. Calls with digest of this user are this trunk's, from
             *     anywhere.
             */
            digestUser?: string | null;
            /** @description Domain of the account, and the name in the certificate over TLS; empty: the address called. */
            domain?: string;
            /** @description Addresses whose calls are this trunk's: `192.0.2.10`, `192.0.2.0/28`. */
            from?: string[];
            /** @description The header that carries it. */
            identity?: components["schemas"]["IdentityBy"];
            /**
             * Format: int32
             * @description Calls at once; 0: no limit but the node's.
             */
            maxCalls?: number;
            name: string;
            /** @description Only ever sent in; left out, the old one stays. */
            password?: string | null;
            /** @description Outbound numbers it takes, as prefixes; empty: all. The trunk with the longest that fits is asked first. */
            prefixes?: string[];
            /**
             * Format: int32
             * @description How often each of `to` is asked by OPTIONS whether it lives, 10 to 3600; 0: never. One that answered before and is
             *     silent is passed over.
             */
            probeSeconds?: number;
            /** @description We register with the account at the first of `to` that takes it; calls from all of them are this trunk's. */
            register?: boolean;
            /** @description How numbers are dialed there; the one with the longest prefix that fits is applied. */
            rewrites?: components["schemas"]["Rewrite"][];
            /** @description Whose number the called party is shown. */
            shown?: components["schemas"]["ShownCaller"];
            srtp?: components["schemas"]["Srtp"];
            /** @description Where calls go out: `192.0.2.10:5060`, in order; empty: inbound only. */
            to?: string[];
            /** @description Documents of old say `tcp`: true or false. */
            transport?: components["schemas"]["Transport"];
            /** @description P-Asserted-Identity is believed. */
            trusted?: boolean;
        };
        Edited_Agent: components["schemas"]["Kept_Agent"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Disposition: components["schemas"]["Kept_Disposition"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        /** @description A document after an edit. */
        Edited_Flow: components["schemas"]["Kept_Flow"] & {
            /** @description Flows that do not fit the company any more since this edit. */
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Number: components["schemas"]["Kept_Number"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Pbx: components["schemas"]["Kept_Pbx"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Queue: components["schemas"]["Kept_Queue"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Reason: components["schemas"]["Kept_Reason"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        /** @description A document after an edit. */
        Edited_Settings: components["schemas"]["Kept_Settings"] & {
            /** @description Flows that do not fit the company any more since this edit. */
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Skill: components["schemas"]["Kept_Skill"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Station: components["schemas"]["Kept_Station"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Team: components["schemas"]["Kept_Team"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        Edited_Trunk: components["schemas"]["Kept_Trunk"] & {
            flowFaults: components["schemas"]["FlowFault"][];
        };
        /** @enum {string} */
        EndCause: "answered_hangup" | "abandoned" | "self_service" | "no_answer" | "busy" | "rejected" | "unreachable" | "max_wait" | "refused" | "voicemail" | "transferred_away" | "media_timeout" | "session_expired" | "interrupted" | "shutdown" | "failed";
        /** @description `Event` in `contract.gen.ts`. */
        Event: contract.Event;
        /** @description A field and the rule it broke. */
        FieldFault: {
            /** @description As in the JSON, `skills[1].level`. */
            field: string;
            /** @description For people, in English; desktops have their own words for `rule`. */
            message: string;
            /** @description Stable: `required`, `unique`, `unknown`, `range`, `format`, `in_use`. */
            rule: string;
        };
        /** @description Somebody whose calls or recordings one may ask for. */
        FilterAgent: {
            /** @description Still works here. */
            active: boolean;
            /** @description The call list answers to this person. */
            calls: boolean;
            id: string;
            name: string;
            /** @description The list of recordings does. */
            recordings: boolean;
            team: components["schemas"]["Ref"] | null;
        };
        /** @description What the lists of calls and recordings can be narrowed down by. */
        Filters: {
            /** @description Those who work here first, by name. */
            agents: components["schemas"]["FilterAgent"][];
            queues: components["schemas"]["Ref"][];
        };
        Flow: {
            name: string;
            yaml: string;
        };
        /** @description One change of a flow; without an item it was removed. */
        FlowChange: {
            /** Format: int64 */
            at: number;
            by: string | null;
            item: components["schemas"]["Flow"] | null;
            note: string;
            /** Format: int64 */
            version: number;
        };
        FlowChecked: {
            /** @description Errors and warnings, in the order of the text. */
            problems: components["schemas"]["FlowProblem"][];
        };
        /** @description A flow that I may send my caller to. */
        FlowChoice: {
            description: string;
            name: string;
            /** @description It may give the caller back to me; I wait meanwhile. */
            returns: boolean;
        };
        /** @description A flow as it is to be. */
        FlowEdit: {
            /** @description For its history. */
            note?: string;
            /**
             * Format: int64
             * @description The version the edit began from; left out for a new flow.
             */
            version?: number | null;
            yaml: string;
        };
        /** @description A flow that does not compile against the company as it is now. */
        FlowFault: {
            flow: string;
            /** @description An older version of it goes on running. */
            olderRuns: boolean;
            problems: components["schemas"]["FlowProblem"][];
        };
        /** @description One thing wrong with a flow. Lines and columns begin at 1. */
        FlowProblem: {
            code: string;
            /** Format: int32 */
            column: number;
            en: string;
            /** Format: int32 */
            line: number;
            node: string | null;
            /**
             * @description `error` blocks the flow, `warning` does not.
             * @enum {string}
             */
            severity: "error" | "warning";
            zh: string;
        };
        FlowText: {
            yaml: string;
        };
        /** @description `HungUpBy` in `contract.gen.ts`. */
        HungUpBy: contract.HungUpBy;
        /** @description What a browser's `RTCPeerConnection` is made with. */
        Ice: {
            iceServers: components["schemas"]["IceServer"][];
            /** @description No other way than over them. */
            relayOnly: boolean;
            until: number | null;
        };
        IceServer: {
            credential: string;
            urls: string[];
            username: string;
        };
        /**
         * @description The header that carries the number shown.
         * @enum {string}
         */
        IdentityBy: "from" | "asserted" | "preferred";
        /** @description One call with everything that is known of it. */
        InteractionDetail: components["schemas"]["InteractionRow"] & {
            /** @description Who it might have been, best first. */
            candidates: components["schemas"]["Candidate"][];
            draft: components["schemas"]["Draft"] | null;
            /** @description In order. */
            events: components["schemas"]["Event"][];
            notes: string;
            /** @description Menu choices and digits, masked where sensitive. */
            pressed: components["schemas"]["Pressed"][];
            /** @description Those you may hear. */
            recordings: components["schemas"]["RecordingRow"][];
            segments: components["schemas"]["SegmentRow"][];
        };
        /** @description One line of the call list. */
        InteractionRow: {
            agent: components["schemas"]["Ref"] | null;
            /** Format: int64 */
            began: number;
            callerRaw: string;
            cause: components["schemas"]["EndCause"] | null;
            customer: components["schemas"]["Ref"] | null;
            dialed: string;
            direction: components["schemas"]["Direction"];
            dispositions: components["schemas"]["Named"][];
            ended: number | null;
            /** Format: int64 */
            holdMs: number;
            hungUpBy: components["schemas"]["HungUpBy"] | null;
            id: string;
            /** @description E.164, where the caller showed a dialable number. */
            number: string | null;
            queue: components["schemas"]["Ref"] | null;
            recorded: boolean;
            tags: string[];
            /**
             * Format: int64
             * @description Without hold.
             */
            talkMs: number;
            vip: boolean;
            /** Format: int64 */
            waitMs: number;
            withheld: boolean;
            /** Format: int64 */
            wrapMs: number;
        };
        Kept_Agent: components["schemas"]["Agent"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        Kept_Disposition: components["schemas"]["Disposition"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        /** @description A document as kept. */
        Kept_Flow: {
            name: string;
            yaml: string;
        } & {
            /** @description A decimal string. */
            id: string;
            /** Format: int64 */
            updatedAt: number;
            updatedBy: string | null;
            /**
             * Format: int64
             * @description Grows by one with every change; sent back with an edit so that nobody's work is lost.
             */
            version: number;
        };
        Kept_Number: components["schemas"]["Number"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        Kept_Pbx: components["schemas"]["Pbx"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        Kept_Queue: components["schemas"]["Queue"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        Kept_Reason: components["schemas"]["Reason"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        /** @description A document as kept. */
        Kept_Settings: {
            /** @description Empty: none. */
            areaCode: string;
            /** @description Agents may talk in their browser, without a phone. */
            browserPhones: boolean;
            /** @description ISO 3166: `CN`. */
            country: string;
            /** @description `zh-CN` or `en`: what callers hear before they choose. */
            language: string;
            /** @description Agents see who only listens to them; who speaks to them they see always. */
            listeningShown: boolean;
            /** @description A short tone tells caller and agent that somebody has begun to listen. */
            listeningTone: boolean;
            name: string;
            /**
             * Format: int32
             * @description How long a parked caller waits to be taken before who parked is rung: 10 to 3,600.
             */
            parkSeconds: number;
            /** @description A TURN server for browsers whose networks let no audio through to us. */
            relay: components["schemas"]["Relay"];
            /** @description Visitors of the company's web pages may call from there. */
            webCalls: components["schemas"]["WebCalls"];
            /** @description IANA zone: `Asia/Shanghai`. */
            zone: string;
        } & {
            /** @description A decimal string. */
            id: string;
            /** Format: int64 */
            updatedAt: number;
            updatedBy: string | null;
            /**
             * Format: int64
             * @description Grows by one with every change; sent back with an edit so that nobody's work is lost.
             */
            version: number;
        };
        Kept_Skill: components["schemas"]["Skill"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        Kept_Station: components["schemas"]["Station"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        Kept_Team: components["schemas"]["Team"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        Kept_Trunk: components["schemas"]["Trunk"] & {
            id: string;
            updatedAt: number;
            updatedBy: string | null;
            version: number;
        };
        LetGo: {
            /** @description Of the card's `others`; none: who was asked last. */
            leg?: string | null;
        };
        LineAnswer: {
            /** @description The answer: ICE-lite (RFC 8445), with the one address the browser reaches. */
            sdp: string;
        };
        LineOffer: {
            /** @description What tells this browser from my others: chosen by it and kept, 1 to 64 characters. */
            browser: string;
            /** @description The network of this browser changed: the line that stands is to go on another way (ICE restart, RFC 8445 §9). */
            renew?: boolean;
            /** @description The browser's SDP offer (RFC 8829): audio in PCMA or PCMU, both ways. It need not wait for candidates. */
            sdp: string;
            /** @description Also where another browser of mine is the phone. */
            take?: boolean;
        };
        ListEdit: {
            name: string;
            /** @description As people write them. */
            numbers?: string[];
            /**
             * Format: int64
             * @description The version the edit began from; left out for a new list.
             */
            version?: number | null;
        };
        /** @description `LiveAgent` in `contract.gen.ts`. */
        LiveAgent: contract.LiveAgent;
        /** @description `LiveCall` in `contract.gen.ts`. */
        LiveCall: contract.LiveCall;
        /** @description `LiveQueue` in `contract.gen.ts`. */
        LiveQueue: contract.LiveQueue;
        /** @description Everything live. */
        LiveSnapshot: {
            agentNames: {
                [key: string]: components["schemas"]["AgentName"];
            };
            agents: components["schemas"]["LiveAgent"][];
            /** Format: int64 */
            at: number;
            calls: components["schemas"]["LiveCall"][];
            queueNames: {
                [key: string]: components["schemas"]["QueueName"];
            };
            queues: components["schemas"]["LiveQueue"][];
        };
        /** @description The person signed in. */
        Me: {
            agent: components["schemas"]["MyAgent"];
            /** @description `zh-CN` or `en`. */
            language: string;
            /** @description Nothing else is allowed until the password is changed. */
            mustChangePassword: boolean;
            permissions: components["schemas"]["Permission"][];
            roles: components["schemas"]["Role"][];
            /** @description The company's, an IANA name: moments are shown in it. */
            zone: string;
        };
        /** @description An agent's line. */
        MessageLine: {
            agent: string;
            agentName: string;
            newest: components["schemas"]["DeskWords"];
            /**
             * Format: int32
             * @description By me, yet.
             */
            unread: number;
        };
        /** @description Some of a line. */
        MessagePage: {
            items: components["schemas"]["DeskWords"][];
            /** @description The `cursor` of what was written before; null: that was all. */
            next: string | null;
        };
        MyAgent: {
            id: string;
            name: string;
            team: components["schemas"]["Ref"] | null;
            username: string;
        };
        /** @description A thing with a name in both languages. */
        Named: {
            id: string;
            nameEn: string;
            nameZh: string;
        };
        Number: {
            /** @description Name of the flow it starts. */
            flow: string;
            note: string;
            /** @description As the trunk sends it; a trailing `*` matches any rest. */
            pattern: string;
        };
        NumberList: {
            /** @description `vip`, `block`, `do_not_call`: their names stay. */
            builtin: boolean;
            /** Format: int64 */
            count: number;
            id: string;
            name: string;
            /** @description E.164, at most 5,000 of them. */
            numbers: string[];
            /**
             * Format: int64
             * @description Sent back with a change.
             */
            version: number;
        };
        /** @description Why an agent cannot be offered a call now. */
        Obstacle: {
            /** @enum {string} */
            kind: "resting";
            /** Format: int64 */
            until: number;
        } | {
            /** @enum {string} */
            kind: "wrap_up";
            until: number | null;
        } | {
            interaction: string;
            /** @enum {string} */
            kind: "offered";
        } | {
            interaction: string;
            /** @enum {string} */
            kind: "on_call";
        } | {
            /** @enum {string} */
            kind: "not_ready";
            reason: string | null;
            why: components["schemas"]["SeatWhy"];
        } | {
            /** @enum {string} */
            kind: "station_unreachable";
        } | {
            /** @enum {string} */
            kind: "station_unfit";
        } | {
            /** @enum {string} */
            kind: "station_of_pbx";
        } | {
            /** @enum {string} */
            kind: "no_station";
        } | {
            /** @enum {string} */
            kind: "signed_out";
        } | {
            /** Format: int32 */
            has: number;
            /** @enum {string} */
            kind: "skill";
            /** Format: int32 */
            needs: number;
            skill: string;
        } | {
            /** @enum {string} */
            kind: "not_asked_for";
        };
        /** @description What happens to a caller whom a queue cannot keep. */
        Overflow: {
            /** @enum {string} */
            kind: "hangup";
            prompt: string;
        } | {
            /** @enum {string} */
            kind: "queue";
            queue: string;
        } | {
            /** @enum {string} */
            kind: "voicemail";
        } | {
            /** @enum {string} */
            kind: "number";
            number: string;
        };
        /** @description Some of a list. */
        Page_AuditRow: {
            items: {
                /** @description Dotted and stable: `session.begin`, `recording.listen`, `queues.update`. */
                action: string;
                actor: string | null;
                address: string;
                /** Format: int64 */
                at: number;
                detail: string;
                id: string;
                /** @description `kind/id`. */
                object: string;
            }[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_CustomerRow: {
            items: {
                id: string;
                kind: components["schemas"]["CustomerKind"];
                lastContactAt: number | null;
                level: string | null;
                name: string;
                /** @description The primary phone, or the oldest: E.164, or as written. */
                number: string | null;
                vip: boolean;
            }[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_DraftRow: {
            items: (components["schemas"]["Draft"] & {
                interaction: components["schemas"]["InteractionRow"];
            })[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_FlowChange: {
            items: {
                /** Format: int64 */
                at: number;
                by: string | null;
                item: components["schemas"]["Flow"] | null;
                note: string;
                /** Format: int64 */
                version: number;
            }[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_InteractionRow: {
            items: {
                agent: components["schemas"]["Ref"] | null;
                /** Format: int64 */
                began: number;
                callerRaw: string;
                cause: components["schemas"]["EndCause"] | null;
                customer: components["schemas"]["Ref"] | null;
                dialed: string;
                direction: components["schemas"]["Direction"];
                dispositions: components["schemas"]["Named"][];
                ended: number | null;
                /** Format: int64 */
                holdMs: number;
                hungUpBy: components["schemas"]["HungUpBy"] | null;
                id: string;
                /** @description E.164, where the caller showed a dialable number. */
                number: string | null;
                queue: components["schemas"]["Ref"] | null;
                recorded: boolean;
                tags: string[];
                /**
                 * Format: int64
                 * @description Without hold.
                 */
                talkMs: number;
                vip: boolean;
                /** Format: int64 */
                waitMs: number;
                withheld: boolean;
                /** Format: int64 */
                wrapMs: number;
            }[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_Kept_Flow: {
            items: ({
                name: string;
                yaml: string;
            } & {
                /** @description A decimal string. */
                id: string;
                /** Format: int64 */
                updatedAt: number;
                updatedBy: string | null;
                /**
                 * Format: int64
                 * @description Grows by one with every change; sent back with an edit so that nobody's work is lost.
                 */
                version: number;
            })[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_NumberList: {
            items: {
                /** @description `vip`, `block`, `do_not_call`: their names stay. */
                builtin: boolean;
                /** Format: int64 */
                count: number;
                id: string;
                name: string;
                /** @description E.164, at most 5,000 of them. */
                numbers: string[];
                /**
                 * Format: int64
                 * @description Sent back with a change.
                 */
                version: number;
            }[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_PromptRow: {
            items: {
                /** @description There is a built-in one of this name; it is played where there is no own one. */
                builtIn: boolean;
                /**
                 * Format: int64
                 * @description Of its file.
                 */
                bytes: number;
                changedAt: number | null;
                /** Format: int32 */
                durationMs: number;
                /** @description Who plays it. */
                flows: string[];
                language: components["schemas"]["PromptLanguage"];
                name: string;
                /** @description The company's; else the built-in one. */
                own: boolean;
                queues: string[];
                /** @description The words of the built-in one. */
                says: string | null;
            }[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_RecordingRow: {
            items: {
                agent: components["schemas"]["Ref"] | null;
                /** Format: int64 */
                began: number;
                /** Format: int64 */
                bytes: number;
                callerRaw: string;
                /** @description Every moment between beginning and end is in the file. */
                complete: boolean;
                customer: components["schemas"]["Ref"] | null;
                /**
                 * Format: int32
                 * @description 0 while it is being written.
                 */
                durationMs: number;
                gaps: components["schemas"]["RecordingGap"][];
                id: string;
                interaction: string;
                kind: components["schemas"]["RecordingKind"];
                /** @description E.164. */
                number: string | null;
                queue: components["schemas"]["Ref"] | null;
                state: components["schemas"]["RecordingState"];
            }[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description Some of a list. */
        Page_TimelineItem: {
            items: {
                /** Format: int64 */
                at: number;
                id: string;
                interaction: components["schemas"]["InteractionRow"];
                /** @description `interaction`. */
                kind: string;
                notes: string;
                /** @description Those you may hear. */
                recordings: components["schemas"]["RecordingRow"][];
            }[];
            /** @description The `cursor` of the next page; null: this was the last. */
            next: string | null;
        };
        /** @description `ParkedCall` in `contract.gen.ts`. */
        ParkedCall: contract.ParkedCall;
        PasswordChange: {
            current: string;
            /** @description 8 to 200 characters. */
            next: string;
        };
        Pause: {
            /** @description Stands in the recording's gap. */
            reason: string;
        };
        /** @description It routes and carries the audio of its calls; we see what happens there and steer it. */
        Pbx: {
            /** @description Connected to only while active. */
            active: boolean;
            /** @description `host:port`: 5038 (5039 over TLS) for Asterisk, 8021 for FreeSWITCH. */
            address: string;
            /** @description The name in its certificate; empty: the host of the address. */
            certificateName: string;
            /** @description Where in its dialplan the numbers begin that are dialed and transferred to. */
            context: string;
            name: string;
            /** @description Its queues that are ours too: their calls count there. Calls of others are calls without a queue. */
            queues: components["schemas"]["PbxQueue"][];
            /** @description The folder of its recordings as it names it: `/var/spool/asterisk/monitor`. */
            recordedIn: string;
            /** @description The same folder as we reach it: a path, or an `http(s)://` address; empty: recordings stay there. */
            recordings: string;
            speaks: components["schemas"]["PbxKind"];
            tls: boolean;
            /** @description Of its manager interface; empty for FreeSWITCH, which knows only a password. */
            user: string;
        };
        /**
         * @description What a PBX speaks.
         * @enum {string}
         */
        PbxKind: "asterisk" | "free_switch";
        PbxLink: {
            /**
             * Format: int64
             * @description Calls seen there now.
             */
            calls: number;
            /**
             * Format: int64
             * @description Connections lost since the start.
             */
            losses: number;
            /**
             * Format: int64
             * @description Messages that could not be read since the start. Must be 0.
             */
            malformed: number;
            /**
             * Format: int64
             * @description Epoch milliseconds: so since then.
             */
            since: number;
            state: components["schemas"]["PbxLinkState"];
            /** @description What it calls itself, once it has said so. */
            version: string;
            why: components["schemas"]["PbxWhy"] | null;
        };
        /** @enum {string} */
        PbxLinkState: "connecting" | "reading" | "up" | "lost";
        /** @description What is known of a PBX now. */
        PbxLive: {
            link: components["schemas"]["PbxLink"] | null;
        };
        PbxQueue: {
            /** @description What is dialed there to reach it; empty: nothing is sent there. */
            dialed: string;
            /** @description As the PBX names it. */
            name: string;
            queue: string;
        };
        /** @enum {string} */
        PbxWhy: "no_connection" | "refused" | "silent" | "closed" | "foreign";
        /** @description The shape of a recording. */
        Peaks: {
            /** @description One array a channel (0 the customer, 1 the agent), values 0 to 1, evenly spread over the duration. */
            channels: number[][];
            /** Format: int32 */
            durationMs: number;
        };
        /** @enum {string} */
        Permission: "desk.use" | "calls.read" | "calls.all" | "customers.read" | "customers.write" | "recordings.listen" | "live.read" | "calls.supervise" | "seats.force" | "admin.read" | "admin.write" | "audit.read";
        /** @description One number or address. */
        PointEdit: {
            badNumber?: boolean;
            /** @description Of this person at the customer. */
            contact?: string | null;
            doNotCall?: boolean;
            kind: components["schemas"]["PointKind"];
            label?: string | null;
            primary?: boolean;
            /** @description A household's or switchboard's line: several customers may hold it. */
            sharedLine?: boolean;
            value: string;
        };
        /** @enum {string} */
        PointKind: "phone" | "email" | "address" | "chat" | "web";
        /** @enum {string} */
        Presence: "free" | "busy" | "not_ready" | "offline";
        /** @description `Pressed` in `contract.gen.ts`. */
        Pressed: contract.Pressed;
        /** @description RFC 9457. */
        Problem: {
            /** @description Stable; switch on this. */
            code: string;
            /** @description The document as it is now, where somebody was quicker. */
            current?: {
                [key: string]: unknown;
            };
            detail: string;
            /** @description Fields at fault. */
            errors?: components["schemas"]["FieldFault"][];
            /** @description Faults of a flow. */
            problems?: components["schemas"]["FlowProblem"][];
            /** Format: int32 */
            status: number;
            title: string;
            /** @description `urn:zuoxi:problem:` and the code. */
            type: string;
            /** @description Who uses what was to be removed. */
            usedBy?: string[];
        };
        /** @description A prompt after it was put here. */
        PromptKept: components["schemas"]["PromptRow"] & {
            /** @description Flows that do not fit the company now. */
            flowFaults: components["schemas"]["FlowFault"][];
        };
        /**
         * @description Where a prompt belongs.
         * @enum {string}
         */
        PromptLanguage: "zh-CN" | "en" | "music" | "all";
        /** @description A prompt as it is played now. */
        PromptRow: {
            /** @description There is a built-in one of this name; it is played where there is no own one. */
            builtIn: boolean;
            /**
             * Format: int64
             * @description Of its file.
             */
            bytes: number;
            changedAt: number | null;
            /** Format: int32 */
            durationMs: number;
            /** @description Who plays it. */
            flows: string[];
            language: components["schemas"]["PromptLanguage"];
            name: string;
            /** @description The company's; else the built-in one. */
            own: boolean;
            queues: string[];
            /** @description The words of the built-in one. */
            says: string | null;
        };
        Queue: {
            /**
             * Format: int32
             * @description One step of priority for every so many seconds waited; 0: none.
             */
            ageStepSeconds: number;
            /**
             * Format: int32
             * @description Every how often the place in the queue is said; 0: never.
             */
            announceSeconds: number;
            atMaxWait: components["schemas"]["Overflow"];
            /** @description Phones that can are answered by themselves, with a tone to the agent. */
            autoAnswer: boolean;
            /** @description Shown to whom agents of this queue call, before the trunk's; empty: none of its own. */
            callerId: string;
            /**
             * Format: int32
             * @description Longest wait; 0: none.
             */
            maxWaitSeconds: number;
            /**
             * Format: int32
             * @description Most callers waiting; 0: the node's limit.
             */
            maxWaiting: number;
            missedNotReady: boolean;
            /** @description Name of the music; empty: the default. */
            music: string;
            name: string;
            /**
             * Format: int32
             * @description 0 (normal) to 9.
             */
            priority: number;
            record: boolean;
            rejectedNotReady: boolean;
            /**
             * Format: int32
             * @description How long one phone rings: 5 to 120.
             */
            ringSeconds: number;
            /**
             * Format: int32
             * @description Leaving at or under this is a short abandon.
             */
            shortSeconds: number;
            /** @description All of these, at least at the level. */
            skills: components["schemas"]["SkillLevel"][];
            /**
             * Format: int32
             * @description Service level: answered within.
             */
            targetSeconds: number;
            whenFull: components["schemas"]["Overflow"];
            /**
             * Format: int32
             * @description 0: none.
             */
            wrapUpSeconds: number;
        };
        QueueChoice: {
            id: string;
            name: string;
            /**
             * Format: int32
             * @description Agents who could be offered a call now.
             */
            ready: number;
            /** Format: int32 */
            waiting: number;
        };
        QueueName: {
            name: string;
            /**
             * Format: int64
             * @description Service level: answered within.
             */
            targetMs: number;
        };
        Reason: {
            nameEn: string;
            nameZh: string;
            /**
             * Format: int32
             * @description How long this kind of break is meant to last; 0: no aim.
             */
            targetMinutes: number;
        };
        ReasonChoice: components["schemas"]["Named"] & {
            /**
             * Format: int32
             * @description How long this kind of break is meant to last; 0: no aim.
             */
            targetMinutes: number;
        };
        /** @description Where audio is missing, and why. */
        RecordingGap: {
            /**
             * Format: int64
             * @description From the beginning of the recording.
             */
            atMs: number;
            /** Format: int64 */
            ms: number;
            /** @description As the recorder, or the agent who paused, gave it. */
            reason: string;
        };
        /** @enum {string} */
        RecordingKind: "talk" | "voicemail";
        /** @description One audio file of an interaction. */
        RecordingRow: {
            agent: components["schemas"]["Ref"] | null;
            /** Format: int64 */
            began: number;
            /** Format: int64 */
            bytes: number;
            callerRaw: string;
            /** @description Every moment between beginning and end is in the file. */
            complete: boolean;
            customer: components["schemas"]["Ref"] | null;
            /**
             * Format: int32
             * @description 0 while it is being written.
             */
            durationMs: number;
            gaps: components["schemas"]["RecordingGap"][];
            id: string;
            interaction: string;
            kind: components["schemas"]["RecordingKind"];
            /** @description E.164. */
            number: string | null;
            queue: components["schemas"]["Ref"] | null;
            state: components["schemas"]["RecordingState"];
        };
        /** @enum {string} */
        RecordingState: "recording" | "done" | "lost";
        /** @description Something by id, with the name to show. */
        Ref: {
            id: string;
            name: string;
        };
        Registration: {
            /** @description Where we are registered. */
            at: string | null;
            reason: string | null;
            /**
             * Format: int64
             * @description Epoch milliseconds: so since then.
             */
            since: number;
            state: components["schemas"]["RegistrationState"];
            /**
             * Format: int32
             * @description The SIP status, 408 where nobody answered, 503 where nothing could be sent.
             */
            status: number | null;
            why: components["schemas"]["Why"] | null;
        };
        /** @enum {string} */
        RegistrationState: "trying" | "registered" | "failed";
        /** @description A TURN server (RFC 8656) with which we share a secret: browsers get names and passwords from us that hold for some hours. */
        Relay: {
            /**
             * @description Agents' audio goes over it and no other way.
             * @default false
             */
            only: boolean;
            /**
             * @description The shared secret. Only ever sent in; left out, the old one stays.
             * @default null
             */
            password: string | null;
            /**
             * @description As in `turn:turn.example.com:3478?transport=udp` (RFC 7065); empty: none.
             * @default []
             */
            urls: string[];
        };
        /** @description Numbers that begin so: `strip` characters are taken from the front, then `add` is put there. */
        Rewrite: {
            add: string;
            /** @description Empty: all numbers. */
            prefix: string;
            /** Format: int32 */
            strip: number;
        };
        /** @enum {string} */
        Role: "agent" | "supervisor" | "qa" | "admin";
        /** @description `SeatCommand` in `contract.gen.ts`. */
        SeatCommand: contract.SeatCommand;
        /** @enum {string} */
        SeatWhy: "chosen" | "forced" | "missed_offer" | "rejected_offer" | "station_failed" | "station_lost" | "station_back" | "microphone" | "poor_line" | "desktop_lost" | "next_status" | "call" | "wrap_up_done" | "restart" | "hand";
        Seen: {
            upTo: string;
        };
        /** @enum {string} */
        SegmentKind: "ivr" | "queue" | "ring" | "talk" | "hold" | "wrap_up" | "voicemail" | "consult" | "parked";
        /** @description A part of an interaction with one state. */
        SegmentRow: {
            agent: components["schemas"]["Ref"] | null;
            /** Format: int64 */
            began: number;
            ended: number | null;
            kind: components["schemas"]["SegmentKind"];
            /** @description The word of the ledger: an offer's, a queue's or a flow's outcome. */
            outcome: string | null;
            queue: components["schemas"]["Ref"] | null;
        };
        /** @description The company itself; one document. */
        Settings: {
            /** @description Empty: none. */
            areaCode: string;
            /** @description Agents may talk in their browser, without a phone. */
            browserPhones: boolean;
            /** @description ISO 3166: `CN`. */
            country: string;
            /** @description `zh-CN` or `en`: what callers hear before they choose. */
            language: string;
            /** @description Agents see who only listens to them; who speaks to them they see always. */
            listeningShown: boolean;
            /** @description A short tone tells caller and agent that somebody has begun to listen. */
            listeningTone: boolean;
            name: string;
            /**
             * Format: int32
             * @description How long a parked caller waits to be taken before who parked is rung: 10 to 3,600.
             */
            parkSeconds: number;
            /** @description A TURN server for browsers whose networks let no audio through to us. */
            relay: components["schemas"]["Relay"];
            /** @description Visitors of the company's web pages may call from there. */
            webCalls: components["schemas"]["WebCalls"];
            /** @description IANA zone: `Asia/Shanghai`. */
            zone: string;
        };
        /** @description The company as it is to be, and the version the edit began from. */
        SettingsEdit: components["schemas"]["Settings"] & {
            /** Format: int64 */
            version: number;
        };
        /**
         * @description Whose number the called party is shown.
         * @enum {string}
         */
        ShownCaller: "own" | "caller" | "nobody";
        Shown_Pbx: components["schemas"]["Kept_Pbx"] & components["schemas"]["PbxLive"];
        Shown_Station: components["schemas"]["Kept_Station"] & components["schemas"]["StationLive"];
        Shown_Trunk: components["schemas"]["Kept_Trunk"] & components["schemas"]["TrunkLive"];
        Skill: {
            name: string;
        };
        /** @description A skill at a level of 1 to 10: had by an agent, or needed at least by a queue. */
        SkillLevel: {
            /** Format: int32 */
            level: number;
            skill: string;
        };
        /**
         * @description Whether audio is encrypted: SRTP with keys in SIP (RFC 4568).
         * @enum {string}
         */
        Srtp: "never" | "over_tls" | "always" | "required";
        Station: {
            answerBy: components["schemas"]["AnswerBy"];
            /** @description `md5` only for phones that refuse a challenge with SHA-256 beside it. */
            digest: components["schemas"]["DigestBy"];
            /** @description Asterisk: technology and peer, `PJSIP/a001`. FreeSWITCH: a user of its directory, `1001` or `1001@domain`. */
            line: string;
            note: string;
            /** @description Nobody registers there: each call is dialed to this number, over the trunks that take it. Empty: a phone that registers. */
            number: string;
            /** @description A phone of this PBX beside us, which rings it; `line` says which. */
            pbx: string | null;
            srtp: components["schemas"]["Srtp"];
            /** @description SIP user and digest user name. */
            username: string;
        };
        StationChoice: {
            /** @description My browser, and no phone. */
            browser: boolean;
            /** @description Nobody else sits there. */
            free: boolean;
            health: components["schemas"]["StationHealth"];
            id: string;
            /** @description Proposed to me. */
            mine: boolean;
            /** @description Empty: it is my browser. */
            name: string;
        };
        /** @enum {string} */
        StationHealth: "none" | "ok" | "unreachable" | "unfit";
        /** @description What the phones know of a station now. */
        StationLive: {
            /** @description Where it registered from. */
            address: string | null;
            health: components["schemas"]["StationHealth"];
            userAgent: string | null;
        };
        /** @enum {string} */
        SuperviseMode: "listen" | "whisper" | "barge";
        Supervision: {
            mode: components["schemas"]["SuperviseMode"];
            /** @description For the audit log: at most 200 characters. */
            reason?: string;
        };
        /** @description What a call is to be found by. */
        TagsEdit: {
            /** @description At most 10 of at most 40 characters; all of them, in the place of those there are. */
            tags: string[];
        };
        Team: {
            lead: string | null;
            name: string;
        };
        /** @description One thing that happened. */
        TimelineItem: {
            /** Format: int64 */
            at: number;
            id: string;
            interaction: components["schemas"]["InteractionRow"];
            /** @description `interaction`. */
            kind: string;
            notes: string;
            /** @description Those you may hear. */
            recordings: components["schemas"]["RecordingRow"][];
        };
        Transfer: {
            /** @description `{"kind": "queue", "queue": id}`, `{"kind": "agent", "agent": id}` or `{"kind": "number", "number": text}`. */
            target: components["schemas"]["TransferTarget"];
        };
        /** @description `TransferTarget` in `contract.gen.ts`. */
        TransferTarget: contract.TransferTarget;
        /**
         * @description How SIP travels.
         * @enum {string}
         */
        Transport: "udp" | "tcp" | "tls";
        Trunk: {
            callerId: string;
            /** @description What is spoken there, in order; empty: both, as the other side of the call speaks. */
            codecs: components["schemas"]["Codec"][];
            /** @description ISO 3166, for reading national numbers; empty: the company's. */
            country: string;
            /**
             * @description Our account there, for its challenges and for registering. Calls with digest of this user are this trunk's, from
             *     anywhere.
             */
            digestUser: string | null;
            /** @description Domain of the account, and the name in the certificate over TLS; empty: the address called. */
            domain: string;
            /** @description Addresses whose calls are this trunk's: `192.0.2.10`, `192.0.2.0/28`. */
            from: string[];
            /** @description The header that carries it. */
            identity: components["schemas"]["IdentityBy"];
            /**
             * Format: int32
             * @description Calls at once; 0: no limit but the node's.
             */
            maxCalls: number;
            name: string;
            /** @description Outbound numbers it takes, as prefixes; empty: all. The trunk with the longest that fits is asked first. */
            prefixes: string[];
            /**
             * Format: int32
             * @description How often each of `to` is asked by OPTIONS whether it lives, 10 to 3600; 0: never. One that answered before and is
             *     silent is passed over.
             */
            probeSeconds: number;
            /** @description We register with the account at the first of `to` that takes it; calls from all of them are this trunk's. */
            register: boolean;
            /** @description How numbers are dialed there; the one with the longest prefix that fits is applied. */
            rewrites: components["schemas"]["Rewrite"][];
            /** @description Whose number the called party is shown. */
            shown: components["schemas"]["ShownCaller"];
            srtp: components["schemas"]["Srtp"];
            /** @description Where calls go out: `192.0.2.10:5060`, in order; empty: inbound only. */
            to: string[];
            /** @description Documents of old say `tcp`: true or false. */
            transport: components["schemas"]["Transport"];
            /** @description P-Asserted-Identity is believed. */
            trusted: boolean;
        };
        /** @description What the phones know of a trunk now. */
        TrunkLive: {
            /** @description Its addresses, where OPTIONS ask whether they live. */
            reached: components["schemas"]["Address"][];
            registration: components["schemas"]["Registration"] | null;
        };
        /** @description One agent, seen from one caller. */
        Verdict: {
            agent: string;
            /**
             * Format: int32
             * @description Since the last offer, call or becoming ready; 0 where there is an obstacle.
             */
            idleMs: number;
            /**
             * Format: int32
             * @description The sum of levels in the skills asked for.
             */
            levels: number;
            obstacle: components["schemas"]["Obstacle"] | null;
        };
        /** @description Calls from web pages: who may, whom, and how many. */
        WebCalls: {
            /**
             * Format: int32
             * @description Calls at once, all pages together, 1 to 1000.
             * @default 20
             */
            atOnce: number;
            /**
             * @description Ids of the keys that sign who a visitor is, the newest first. Their secrets are told once, when they are made.
             * @default []
             */
            keys: string[];
            /**
             * @description The numbers of ours that pages may call.
             * @default []
             */
            numbers: string[];
            /** @default false */
            on: boolean;
            /**
             * @description The pages' origins (RFC 6454), as in `https://www.example.com`. Our own is always among them.
             * @default []
             */
            origins: string[];
            /**
             * Format: int32
             * @description Calls at once from one address, 1 to 100.
             * @default 2
             */
            perAddress: number;
            /**
             * Format: int32
             * @description Calls within an hour from one address, 1 to 1000.
             * @default 20
             */
            perHour: number;
        };
        /** @description A key, told once. */
        WebKey: {
            /** @description As a token's `kid` names it. */
            id: string;
            /** @description What tokens are signed with (HS256). Nobody is told it again. */
            secret: string;
        };
        /** @enum {string} */
        Why: "refused" | "wrong_password" | "silent" | "no_connection";
        Writing: {
            /** @description 1 to 1,000 characters. */
            text: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getAdminAgents: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Kept_Agent"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminAgents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Agent"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Agent"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminAgentsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Agent"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminAgentsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Agent"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Agent"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminAgentsId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminAgentsIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Agent"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminAudit: {
        parameters: {
            query?: {
                from?: number;
                to?: number;
                /** @description As in [`AuditRow::action`]. */
                action?: string;
                actor?: string;
                cursor?: string;
                /** @description 1 to 200; 50 where left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditRow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminCompany: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Settings"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminCompany: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Settings"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminCompanyWebKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebKey"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminDispositions: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Kept_Disposition"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminDispositions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Disposition"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Disposition"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminDispositionsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Disposition"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminDispositionsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Disposition"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Disposition"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminDispositionsId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminDispositionsIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Disposition"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminFlows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Kept_Flow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminFlowsName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Flow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminFlowsName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Flow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminFlowsName: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminFlowsNameCheck: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlowText"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowChecked"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminFlowsNameVersions: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 where left out. */
                limit?: number;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FlowChange"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminLists: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_NumberList"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminLists: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListEdit"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberList"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminListsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberList"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminListsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberList"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminListsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminNumbers: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Kept_Number"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminNumbers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Number"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Number"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminNumbersId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Number"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminNumbersId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Number"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Number"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminNumbersId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminNumbersIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Number"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminPbxs: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Shown_Pbx"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminPbxs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Pbx"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Pbx"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminPbxsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shown_Pbx"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminPbxsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Pbx"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Pbx"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminPbxsId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminPbxsIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Pbx"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminPrompts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PromptRow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminPromptsLanguageName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                language: components["schemas"]["PromptLanguage"];
                name: string;
            };
            cookie?: never;
        };
        /** @description The WAV file */
        requestBody?: {
            content: {
                "audio/wav": unknown;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptKept"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminPromptsLanguageName: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                language: components["schemas"]["PromptLanguage"];
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminPromptsLanguageNameAudio: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                language: components["schemas"]["PromptLanguage"];
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminQueues: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Kept_Queue"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Queue"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Queue"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminQueuesId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Queue"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminQueuesId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Queue"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Queue"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminQueuesId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminQueuesIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Queue"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminReasons: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Kept_Reason"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminReasons: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Reason"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Reason"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminReasonsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Reason"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminReasonsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Reason"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Reason"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminReasonsId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminReasonsIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Reason"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminSkills: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Kept_Skill"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminSkills: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Skill"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Skill"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminSkillsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Skill"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminSkillsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Skill"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Skill"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminSkillsId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminSkillsIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Skill"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminStations: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Shown_Station"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminStations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Station"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Station"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminStationsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shown_Station"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminStationsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Station"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Station"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminStationsId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminStationsIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Station"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminTeams: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Kept_Team"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminTeams: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Team"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Team"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminTeamsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept_Team"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminTeamsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Team"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Team"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminTeamsId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminTeamsIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Team"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminTrunks: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Shown_Trunk"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postAdminTrunks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Trunk"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Trunk"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminTrunksId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shown_Trunk"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAdminTrunksId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Edit_Trunk"] & {
                    /** @description The version the edit began from */
                    version: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited_Trunk"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAdminTrunksId: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAdminTrunksIdHistory: {
        parameters: {
            query?: {
                cursor?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Change_Trunk"][];
                        next: string | null;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCalls: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Dial"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dialed"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionComplete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionConsult: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Transfer"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionDigits: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Digits"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionDrop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LetGo"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionHangup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionJoin: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionMove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Transfer"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionMute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionPark: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionRaise: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionRecordingPause: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Pause"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionRecordingResume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionReject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionResume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putCallsInteractionSupervision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Supervision"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteCallsInteractionSupervision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionSupervisionTakeOver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionSwap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionTake: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionTransfer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Transfer"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCallsInteractionUnmute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCustomers: {
        parameters: {
            query?: {
                /** @description The beginning of a name, a number or its last digits (4 or more), or an e-mail address. */
                q?: string;
                cursor?: string;
                /** @description 1 to 200; 50 where left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_CustomerRow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCustomers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerNew"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCustomersId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putCustomersId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerSave"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Customer"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCustomersIdContacts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactEdit"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putCustomersIdContactsContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                contact: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactSave"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteCustomersIdContactsContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                contact: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postCustomersIdPoints: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PointEdit"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactPoint"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteCustomersIdPointsPoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                point: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCustomersIdTimeline: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 where left out. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TimelineItem"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeskIce: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ice"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postDeskLine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LineOffer"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineAnswer"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeskSetup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskSetup"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeskWs: {
        parameters: {
            query?: {
                /** @description The last number heard; 0 or left out: everything. */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The line is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDrafts: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 where left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_DraftRow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFilters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Filters"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getInteractions: {
        parameters: {
            query?: {
                /** @description Began at or after. */
                from?: number;
                /** @description Began before. */
                to?: number;
                /** @description A whole number in any usual form, or its last digits. */
                number?: string;
                /** @description Was offered it or talked. */
                agent?: string;
                queue?: string;
                customer?: string;
                direction?: components["schemas"]["Direction"];
                /** @description How it ended. */
                cause?: components["schemas"]["EndCause"];
                recorded?: boolean;
                /** @description Carries this tag. */
                tag?: string;
                cursor?: string;
                /** @description 1 to 200; 50 where left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_InteractionRow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getInteractionsId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InteractionDetail"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putInteractionsIdCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerLink"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putInteractionsIdDisposition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DispositionEdit"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putInteractionsIdDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DraftEdit"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getInteractionsIdNotes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ColleagueNotes"][];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putInteractionsIdTags: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TagsEdit"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LiveSnapshot"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLiveExplainInteraction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                interaction: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallExplained"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMessages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageLine"][];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMessagesAgent: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 where left out. */
                limit?: number;
            };
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postMessagesAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Writing"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeskWords"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putMessagesAgentSeen: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Seen"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getParked: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParkedCall"][];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecordings: {
        parameters: {
            query?: {
                /** @description Began at or after. */
                from?: number;
                /** @description Began before. */
                to?: number;
                /** @description A whole number in any usual form, or its last digits. */
                number?: string;
                agent?: string;
                queue?: string;
                customer?: string;
                kind?: components["schemas"]["RecordingKind"];
                cursor?: string;
                /** @description 1 to 200; 50 where left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_RecordingRow"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteRecordingsId: {
        parameters: {
            query?: {
                /** @description Why it is deleted: 1 to 500 characters, for the audit log. */
                reason?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecordingsIdAudio: {
        parameters: {
            query?: {
                /** @description As a file to keep. */
                download?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description The range asked for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": unknown;
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecordingsIdPeaks: {
        parameters: {
            query?: {
                /** @description 1 to 4,000; 1,000 where left out. */
                slices?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Peaks"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSeat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeatCommand"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSeatsAgent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeatCommand"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSessionPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTags: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getWebCall: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The line is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}

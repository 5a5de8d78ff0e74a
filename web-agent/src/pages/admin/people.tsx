// Agents, teams, skills.

import { useTranslation } from "react-i18next";
import { type AdminAgent, type AdminSkill, type AdminTeam, admin, type Edit, type Role } from "../../api";
import { Chip, Face, useList } from "../../ui/bits";
import { Password, Pick, Skills, SkillTags, Text, Toggle, Words } from "./parts";
import { Things, useThings } from "./Things";

const roles: Role[] = ["agent", "supervisor", "qa", "admin"];
const blankAgent: Edit<AdminAgent> = {
  username: "",
  name: "",
  roles: ["agent"],
  team: null,
  skills: [],
  station: null,
  dialPrefixes: [],
  language: "zh-CN",
  active: true,
};

export function AgentsSection() {
  const { t } = useTranslation();
  const list = useList();
  const teams = useThings(admin.teams);
  const stations = useThings(admin.stations);
  const team = (id: string | null) => teams.data?.find((one) => one.id === id)?.name ?? "–";
  const station = (id: string | null) => stations.data?.find((one) => one.id === id)?.username ?? "–";
  return (
    <Things<AdminAgent>
      api={admin.agents}
      word="agents"
      labels={{
        name: t("customer.name"),
        username: t("signin.username"),
        roles: t("admin.roles"),
        team: t("admin.team"),
        station: t("admin.station"),
        skills: t("admin.skills"),
        dialPrefixes: t("admin.dialPrefixes"),
        language: t("account.language"),
        active: t("admin.active"),
      }}
      name={(one) => `${one.name} ${one.username}`}
      blank={blankAgent}
      width={520}
      hint={t("admin.agentsHint")}
      columns={[
        {
          title: t("customer.name"),
          width: 220,
          render: (_, one) => (
            <span className="row">
              <Face name={one.name} size={30} />
              <span className="cell2">
                <b>{one.name}</b>
                <small>{one.username}</small>
              </span>
            </span>
          ),
        },
        { title: t("admin.roles"), render: (_, one) => list(one.roles.map((role) => t(`role.${role}`))) },
        { title: t("admin.team"), render: (_, one) => team(one.team) },
        { title: t("admin.skills"), render: (_, one) => <SkillTags skills={one.skills} /> },
        { title: t("admin.station"), render: (_, one) => <span className="num">{station(one.station)}</span> },
        {
          title: t("admin.state"),
          render: (_, one) => (
            <Chip tone={one.active ? "ok" : "plain"}>{t(one.active ? "admin.active" : "admin.inactive")}</Chip>
          ),
        },
      ]}
      fields={(one) => (
        <>
          <div className="two">
            <Text name="name" label={t("customer.name")} required />
            <Text name="username" label={t("signin.username")} required />
          </div>
          <Password required={one === null} hint={t(one ? "admin.passwordReset" : "admin.passwordFirst")} />
          <Pick
            name="roles"
            many
            label={t("admin.roles")}
            required
            options={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
          />
          <div className="two">
            <Pick
              name="team"
              label={t("admin.team")}
              options={(teams.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
            />
            <Pick
              name="station"
              label={t("admin.station")}
              options={(stations.data ?? []).map((each) => ({ value: each.id, label: each.username }))}
            />
          </div>
          <Skills label={t("admin.skills")} hint={t("admin.agentSkillsHint")} />
          <Words
            name="dialPrefixes"
            label={t("admin.dialPrefixes")}
            hint={t("admin.dialPrefixesHint")}
            placeholder="+86"
          />
          <Pick
            name="language"
            label={t("account.language")}
            clear={false}
            options={[
              { value: "zh-CN", label: "中文" },
              { value: "en", label: "English" },
            ]}
          />
          <Toggle name="active" label={t("admin.active")} hint={t("admin.activeHint")} />
        </>
      )}
    />
  );
}

export function TeamsSection() {
  const { t } = useTranslation();
  const agents = useThings(admin.agents);
  const lead = (id: string | null) => agents.data?.find((one) => one.id === id)?.name ?? "–";
  return (
    <Things<AdminTeam>
      api={admin.teams}
      word="teams"
      labels={{
        name: t("customer.name"),
        lead: t("admin.lead"),
      }}
      name={(one) => one.name}
      blank={{ name: "", lead: null }}
      hint={t("admin.teamsHint")}
      columns={[
        { title: t("customer.name"), render: (_, one) => <b>{one.name}</b> },
        { title: t("admin.lead"), render: (_, one) => lead(one.lead) },
        {
          title: t("admin.members"),
          align: "right",
          render: (_, one) => (
            <span className="num">{agents.data?.filter((each) => each.team === one.id).length ?? 0}</span>
          ),
        },
      ]}
      fields={() => (
        <>
          <Text name="name" label={t("customer.name")} required />
          <Pick
            name="lead"
            label={t("admin.lead")}
            options={(agents.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
          />
        </>
      )}
    />
  );
}

export function SkillsSection() {
  const { t } = useTranslation();
  const agents = useThings(admin.agents);
  const having = (id: string) => agents.data?.filter((one) => one.skills.some((each) => each.skill === id)).length ?? 0;
  return (
    <Things<AdminSkill>
      api={admin.skills}
      word="skills"
      labels={{
        name: t("customer.name"),
      }}
      name={(one) => one.name}
      blank={{ name: "" }}
      hint={t("admin.skillsHint")}
      columns={[
        { title: t("customer.name"), render: (_, one) => <b>{one.name}</b> },
        { title: t("admin.having"), align: "right", render: (_, one) => <span className="num">{having(one.id)}</span> },
      ]}
      fields={() => <Text name="name" label={t("customer.name")} required />}
    />
  );
}

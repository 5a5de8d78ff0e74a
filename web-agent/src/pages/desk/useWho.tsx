// Whom a call is with, by name, and how to settle it: link, unlink, and back again.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { customers, interactions } from "../../api";
import { useMay } from "../../app/session";
import type { CallCard } from "../../contract.gen";
import { byPerson, type Guess, guesses, nameOf, settled } from "../../desk/who";
import { Phone } from "../../ui/bits";
import { saying } from "../../ui/say";

export type Who = {
  /** Of the customer; else what the network calls the caller. */
  name: string | null;
  sure: boolean;
  /** What was settled among the guesses. */
  match: Guess | null;
  /** A person said so, not the number. */
  byPerson: boolean;
};

export function useWho(card: CallCard): Who {
  const may = useMay();
  const match = settled(card);
  const elsewhere = card.customer !== null && match === null;
  const found = useQuery({
    queryKey: ["customer", card.customer],
    queryFn: () => customers.one(card.customer ?? ""),
    enabled: elsewhere && may("customers.read"),
  });
  if (elsewhere) return { name: found.data?.name ?? null, sure: true, match, byPerson: true };
  const named = nameOf(card);
  return { name: named?.name ?? null, sure: named?.sure ?? false, match, byPerson: byPerson(card) };
}

/** In a list: the name, with its question mark where it is a guess; else the number. */
export function WhoName({ card }: { card: CallCard }) {
  const { name } = useWho(card);
  const { number, raw, withheld } = card.caller;
  return name ?? <Phone number={number} raw={raw} withheld={withheld} />;
}

type Choice = { id: string; name: string };

/** The person meant, where the number belongs to one of the customer's only. */
const contactOf = (card: CallCard, customer: string) => {
  const guess = guesses(card).find((one) => one.customer === customer);
  return guess && guess.people.length === 1 ? guess.contact : null;
};

export function useLink(card: CallCard) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const key = `link-${card.interaction}`;
  // One after another: the card may show a choice before its answer is back, and a quick hand goes on from there.
  const { mutateAsync, isPending: busy } = useMutation({
    mutationFn: (customer: string | null) =>
      interactions.link(card.interaction, customer, customer && contactOf(card, customer)),
    scope: { id: key },
    networkMode: "always",
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["interactions"] }),
    onError: (why) => void message.error(saying(why)),
  });
  const put = (customer: string | null) =>
    mutateAsync(customer).then(
      () => true,
      () => false,
    );
  /** Null: nobody known. Says what was done, with the way back. */
  async function link(choice: Choice | null): Promise<boolean> {
    const before = card.customer;
    if (before === (choice?.id ?? null)) return true;
    if (!(await put(choice?.id ?? null))) return false;
    const undo = () => {
      message.destroy(key);
      void put(before);
    };
    void message.success({
      key,
      duration: 8,
      content: (
        <>
          {choice ? t("pop.linked", { name: choice.name }) : t("pop.unlinked")}{" "}
          <Button type="link" size="small" onClick={undo}>
            {t("form.undo")}
          </Button>
        </>
      ),
    });
    return true;
  }
  return { link, busy };
}

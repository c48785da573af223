import { z } from "zod";
import shipped from "./data/menu.json" with { type: "json" };

const chars = (max: number) => z.string().refine((text) => [...text].length <= max, `最多 ${max} 个字`);

/** A button that is as good as saying something. `says` is ours and is not pushed. */
const click = (maxChars: number) =>
  z.strictObject({
    type: z.literal("click"),
    name: chars(maxChars),
    key: z.string().min(1).max(60),
    says: z.string().min(1).max(100),
  });
const view = (maxChars: number) =>
  z.strictObject({
    type: z.literal("view"),
    name: chars(maxChars),
    url: z.url({ protocol: /^https$/ }).max(1024),
  });

const Menu = z.strictObject({
  source: z.string(),
  date: z.iso.date(),
  menu: z.strictObject({
    button: z
      .array(
        z.union([
          click(4),
          view(4),
          z.strictObject({
            name: chars(4),
            sub_button: z
              .array(z.union([click(8), view(8)]))
              .min(1)
              .max(5),
          }),
        ]),
      )
      .min(1)
      .max(3),
  }),
});

const { menu } = Menu.parse(shipped);
const buttons = menu.button.flatMap((button) => ("sub_button" in button ? button.sub_button : [button]));
const sayings = new Map(
  buttons.flatMap((button) => (button.type === "click" ? [[button.key, button.says]] : [])),
);

/** What tapping the button of this key is as good as saying; undefined for a key of an older menu. */
export const sayingOf = (key: string): string | undefined => sayings.get(key);

/** The menu as `POST /cgi-bin/menu/create` takes it. */
export function menuToPush(): { button: object[] } {
  const withoutSaying = (button: object) =>
    Object.fromEntries(Object.entries(button).filter(([name]) => name !== "says"));
  return {
    button: menu.button.map((button) =>
      "sub_button" in button
        ? { ...button, sub_button: button.sub_button.map(withoutSaying) }
        : withoutSaying(button),
    ),
  };
}

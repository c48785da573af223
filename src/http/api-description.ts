import type { OpenAPIHono } from "@hono/zod-openapi";

/** An OpenAPI 3.1 document. */
export type ApiDescription = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

const methodOrder = ["get", "post", "put", "patch", "delete"];

/**
 * The description of all that is mounted on an app: paths and schemas by name, so that the
 * order in which rooms are mounted does not show. Costly, and the generator keeps what it made: call it once.
 */
export function describeApi(app: OpenAPIHono, info: ApiDescription["info"]): ApiDescription {
  const document = app.getOpenAPI31Document({ openapi: "3.1.0", info });
  const paths = Object.fromEntries(
    byName(document.paths ?? {}).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item as object).sort(([a], [b]) => methodOrder.indexOf(a) - methodOrder.indexOf(b)),
      ),
    ]),
  );
  const schemas = Object.fromEntries(byName(document.components?.schemas ?? {}));
  return { ...document, paths, components: { schemas } };
}

const byName = <T>(members: Record<string, T>) =>
  Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));

// Starts GraphiQL with what the server put into the page, or with the key in `#key=…`, which no server ever sees.
(() => {
  const root = document.getElementById("graphiql");
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key) history.replaceState(null, "", location.pathname + location.search);
  const template = JSON.stringify({ Authorization: `Bearer ${key ?? "YOUR-KEY"}` }, null, 2);
  const headers = (!key && root.dataset.headers) || template;
  // Queries may name people: they are kept for this tab only, and headers not at all.
  const element = React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "graphql" }),
    storage: window.sessionStorage,
    shouldPersistHeaders: false,
    isHeadersEditorEnabled: true,
    defaultQuery: root.dataset.query,
    defaultHeaders: headers,
    headers,
    defaultEditorToolsVisibility: "headers",
  });
  root.textContent = "";
  ReactDOM.createRoot(root).render(element);
})();

// The page of a host, for the browser: the extension's own AppBridge, with the board in a frame.
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';

/** Addresses that the board has opened. */
window.opened = [];

/** Shows the board for a call. The test gives the page `callTool`, which calls the server. */
window.show = async ({ html, args, result, context }) => {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  document.body.append(frame);
  const view = frame.contentWindow;
  const can = { serverTools: {}, openLinks: {} };
  const bridge = new AppBridge(null, { name: 'host', version: '1' }, can, { hostContext: context });
  bridge.oncalltool = ({ name, arguments: given }) => window.callTool(name, given ?? {});
  bridge.onopenlink = async ({ url }) => {
    window.opened.push(url);
    return {};
  };
  bridge.onrequestdisplaymode = async ({ mode }) => {
    frame.className = mode;
    return { mode };
  };
  bridge.onsizechange = ({ height }) => {
    if (height !== undefined) frame.style.height = `${height}px`;
  };
  bridge.oninitialized = () => {
    void bridge.sendToolInput({ arguments: args });
    void bridge.sendToolResult(result);
  };
  await bridge.connect(new PostMessageTransport(view, view));
  frame.srcdoc = html;
};

// What every page needs: each module listens on the document, so swapped parts work without being told.
import "./dialogs.js";
import "./menus.js";
import "./toasts.js";
import "./keys.js";
import "./theme.js";
import "./switches.js";
import "./copy.js";
import "./polling.js";
import "./once.js";
import "./queue.js";
import "./session.js";
import "./palette.js";
import "./tabs.js";
import "./ticks.js";

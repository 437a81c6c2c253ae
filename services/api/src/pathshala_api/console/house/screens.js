/**
 * The operator's screens, which the house sends to operators alone.
 * @module
 */
import "./overview.js";
import "./tasks.js";
import "./timeline.js";
import "./dead.js";
import "./doctor.js";
import "./keys.js";

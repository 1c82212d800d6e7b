// @ts-check
import { differenceDialog } from './difference-dialog.js';
import { draw } from './elements.js';
import { historySection } from './history-section.js';
import { freshness, notices } from './notices.js';
import { objectsSection } from './objects-section.js';
import { emptyState, withNewest } from './page-state.js';
import { pollWhileVisible } from './poller.js';
import { proxiesSection } from './proxies-section.js';
import { revisionSection } from './revision-section.js';
import * as service from './service.js';
import { viewsSection } from './views-section.js';

/** How many revisions are loaded at a time. */
const PAGE_REVISIONS = 50;

let state = emptyState();

/** @param {Partial<import('./page-state.js').PageState>} changes */
function show(changes) {
  state = { ...state, ...changes, now: service.serviceNow() };
  draw(place('notices'), notices(state, actions));
  draw(place('freshness'), freshness(state));
  draw(place('version'), [state.service ? `Pilotless ${state.service.version}` : 'Pilotless']);
  if (state.readAt === undefined) return;
  draw(place('sections'), [
    revisionSection(state),
    objectsSection(state),
    proxiesSection(state, actions),
    viewsSection(state),
    historySection(state, actions),
  ]);
}

/** @type {import('./page-state.js').Actions} */
const actions = {
  filter: (filter) => show({ filter, page: 0 }),
  turnTo: (page) => show({ page }),
  loadOlder: () => void loadOlder(),
  useToken: (token) => {
    service.useToken(token);
    void look();
  },
};

/** Reads what may have changed; answers whether the service said it all. */
async function look() {
  try {
    const [about, newestPage, objects, views, proxies] = await Promise.all([
      service.readService(),
      newestRevisions(),
      service.readObjects(),
      service.readViews(),
      service.readProxies(),
    ]);
    const newest = newestPage?.revisions[0]?.revision;
    const newestDifference = newest === undefined ? undefined : await service.readDifference(newest);
    show({
      service: about,
      objects,
      views,
      proxies,
      problem: undefined,
      isTokenWanted: false,
      readAt: service.serviceNow(),
      ...(newestPage && withNewest(state, newestPage)),
      ...(newestDifference && { newestDifference }),
    });
    return true;
  } catch (error) {
    show({ problem: messageOf(error), isTokenWanted: error instanceof service.TokenWanted });
    return false;
  }
}

/** The newest page, if there is anything new. */
async function newestRevisions() {
  const [latest] = (await service.readRevisions({ limit: 1 })).revisions;
  const known = state.revisions[0];
  // Also by its time: a service that keeps nothing counts from 1 again when it is started anew.
  const isKnown = latest?.revision === known?.revision && latest?.time === known?.time;
  return isKnown ? undefined : service.readRevisions({ limit: PAGE_REVISIONS });
}

async function loadOlder() {
  const before = state.olderBefore;
  if (before === undefined || state.isLoadingOlder) return;
  show({ isLoadingOlder: true });
  try {
    const older = await service.readRevisions({ limit: PAGE_REVISIONS, before });
    // A poll may have laid a newer page over the list meanwhile.
    if (state.olderBefore === before) {
      show({ revisions: [...state.revisions, ...older.revisions], olderBefore: older.before });
    }
  } catch (error) {
    show({ problem: messageOf(error) });
  } finally {
    show({ isLoadingOlder: false });
  }
}

const dialog = /** @type {HTMLDialogElement} */ (place('difference'));

/** The address says which difference is open, so that it can be passed on and "back" closes it. */
async function followAddress() {
  const revision = Number(/^#difference-(\d{1,15})$/.exec(location.hash)?.[1]);
  if (Number.isNaN(revision)) return dialog.close();
  const close = () => dialog.close();
  draw(dialog, differenceDialog({ revision }, close));
  if (!dialog.open) dialog.showModal();
  const loaded = await service.readDifference(revision).then(
    (difference) => ({ revision, difference }),
    (error) => ({ revision, problem: messageOf(error) }),
  );
  if (location.hash === `#difference-${revision}`) draw(dialog, differenceDialog(loaded, close));
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** @param {string} id */
function place(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

dialog.addEventListener('close', () => {
  // Not `location.hash = ''`: that would scroll to the top.
  if (location.hash.startsWith('#difference-')) history.replaceState(null, '', location.pathname + location.search);
});
addEventListener('hashchange', () => void followAddress());
void followAddress();
pollWhileVisible(look, {
  document,
  now: () => performance.now(),
  after: (run, pauseMs) => {
    const timer = setTimeout(run, pauseMs);
    return () => clearTimeout(timer);
  },
});

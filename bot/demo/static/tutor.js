// The list of places and the clock, kept up to date; the rest of the page is simcord's.
const places = document.getElementById("tutor-places");
const clock = document.getElementById("tutor-clock");
const buttons = document.querySelectorAll("#tutor-side button");
const messages = document.getElementById("channel-message-list");
let shown = "";
let channels = new Map();

function show(state) {
  const latest = JSON.stringify(state) + location.hash;
  if (latest === shown) return;
  shown = latest;
  if (!location.hash) location.hash = state.places[0].token;
  clock.textContent = state.clock;
  document.getElementById("tutor-moderator").textContent = state.moderator;
  channels = new Map(state.places.map((place) => [place.channel, place.token]));
  const groups = new Map();
  for (const place of state.places) {
    if (!groups.has(place.group)) groups.set(place.group, []);
    groups.get(place.group).push(place);
  }
  places.replaceChildren();
  for (const [group, members] of groups) {
    const heading = document.createElement("h2");
    heading.textContent = group;
    places.append(heading);
    for (const place of members) {
      const link = document.createElement("a");
      link.href = `#${place.token}`;
      link.textContent = link.title = place.title;
      if (link.hash === location.hash) link.setAttribute("aria-current", "page");
      places.append(link);
    }
  }
}

async function update() {
  const answer = await fetch("/tutor/state", { cache: "no-store" });
  show(await answer.json());
}

async function keepUpdating() {
  try {
    await update();
  } catch {
    clock.textContent = "The demo has ended.";
    for (const button of buttons) button.disabled = true;
    return;
  }
  setTimeout(keepUpdating, 1000);
}

// What comes while time is skipped stands below what is in view.
function goToNews(last, until) {
  if (messages.lastElementChild !== last) messages.lastElementChild.scrollIntoView({ block: "end" });
  else if (performance.now() < until) setTimeout(goToNews, 100, last, until);
}

for (const button of buttons) {
  button.addEventListener("click", async () => {
    for (const each of buttons) each.disabled = true;
    const last = messages.lastElementChild;
    await fetch("/tutor/skip", {
      // The header keeps other sites' forms out.
      method: "POST", headers: { "X-Tutor-Demo": "1" }, body: button.dataset.skip,
    });
    await update();
    for (const each of buttons) each.disabled = false;
    goToNews(last, performance.now() + 3000);
  });
}

// Links to channels and messages lead to the places here, not to discord.com.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.('a[href^="https://discord.com/channels/"]');
  if (!link) return;
  event.preventDefault();
  const channel = link.pathname.split("/")[3];
  if (!channels.has(channel)) await update();
  const token = channels.get(channel);
  if (token) location.hash = token;
}, true);

keepUpdating();

// The list of places and the clock, kept up to date; the rest of the page is simcord's.
const places = document.getElementById("tutor-places");
const clock = document.getElementById("tutor-clock");
const buttons = document.querySelectorAll("#tutor-side button");
const timeline = document.getElementById("channel-timeline");
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
  for (const place of state.places.filter((each) => each.listed)) {
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

// Whoever reads the end of a conversation, writes or presses a button, sees its end when something
// comes or a picture is loaded. simcord's page does so only from the very last pixel.
let follows = true;
for (const act of ["wheel", "touchmove", "keyup"]) {
  timeline.addEventListener(act, () => setTimeout(() => {
    follows = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 150;
  }, 200), { passive: true });
}
for (const act of ["keydown", "click"]) {
  document.addEventListener(act, (event) => {
    if (event.target.closest?.("#channel-composer, .component-button, #modal-root")) follows = true;
  });
}
const growth = new ResizeObserver(() => {
  // After simcord's own correction, which comes with the next frame.
  if (follows) setTimeout(() => { timeline.scrollTop = timeline.scrollHeight; }, 50);
});
growth.observe(messages);
growth.observe(timeline);

for (const button of buttons) {
  button.addEventListener("click", async () => {
    for (const each of buttons) each.disabled = true;
    follows = true;
    await fetch("/tutor/skip", {
      // The header keeps other sites' forms out.
      method: "POST", headers: { "X-Tutor-Demo": "1" }, body: button.dataset.skip,
    });
    await update();
    for (const each of buttons) each.disabled = false;
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

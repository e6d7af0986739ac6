// Give the server the reader's time zone, so that it prints every time in it; and nothing else.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`crm_zone=${zone}`)) {
  document.cookie = `crm_zone=${zone}; path=/; max-age=31536000; SameSite=Lax`;
}

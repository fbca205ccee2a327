// From a folder a page may not read other pages, so the search shows where a word stands without
// the lines around it; from a server it shows those, too.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

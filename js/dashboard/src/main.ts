document.documentElement.dataset.live = "true";

"""User agents of real browsers, as people use them, each with what it should be read as."""
# ruff: noqa: E501  # user agents are long

_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit"
_WIN = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_IPAD = "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_PIXEL = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {_WEBKIT}"

# (name, user agent, browser, major, os, device)
BROWSERS: tuple[tuple[str, str, str, int | None, str, str], ...] = (
    ("chrome windows", f"{_WIN}/131.0.0.0 Safari/537.36", "Chrome", 131, "Windows", "desktop"),
    ("edge windows", f"{_WIN}/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge", 131, "Windows", "desktop"),
    ("opera windows", f"{_WIN}/129.0.0.0 Safari/537.36 OPR/115.0.0.0", "Opera", 115, "Windows", "desktop"),
    ("vivaldi windows", f"{_WIN}/130.0.0.0 Safari/537.36 Vivaldi/7.0.3495.18", "Vivaldi", 7, "Windows", "desktop"),
    ("yandex windows", f"{_WIN}/128.0.0.0 YaBrowser/24.10.0.0 Safari/537.36", "Yandex Browser", 24, "Windows", "desktop"),
    ("coc coc windows", f"{_WIN}/128.0.0.0 Safari/537.36 coc_coc_browser/136.0.0", "Coc Coc", 136, "Windows", "desktop"),
    ("whale windows", f"{_WIN}/130.0.0.0 Whale/4.29.282.14 Safari/537.36", "Whale", 4, "Windows", "desktop"),
    ("avast windows", f"{_WIN}/130.0.0.0 Safari/537.36 Avast/130.0.0.0", "Avast Secure Browser", 130, "Windows", "desktop"),
    ("sogou windows", f"{_WIN}/80.0.3987.87 Safari/537.36 SE 2.X MetaSr 1.0", "Sogou Explorer", 1, "Windows", "desktop"),
    ("firefox windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
     "Firefox", 133, "Windows", "desktop"),
    ("ie 11", "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
     "Internet Explorer", 11, "Windows", "desktop"),
    ("webview2 teams", f"{_WIN}/131.0.0.0 Safari/537.36 Edg/131.0.0.0 Teams/24295.605.3225.8804/49",
     "Microsoft Teams", 24295, "Windows", "desktop"),
    ("electron slack", f"{_WIN}/128.0.6613.186 Electron/32.2.5 Safari/537.36 Slack/4.41.97",
     "Electron", 32, "Windows", "desktop"),
    ("safari mac", f"{_MAC}/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari", 18, "macOS", "desktop"),
    ("chrome mac", f"{_MAC}/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", "Chrome", 131, "macOS", "desktop"),
    ("edge mac", f"{_MAC}/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
     "Edge", 131, "macOS", "desktop"),
    ("firefox mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0",
     "Firefox", 133, "macOS", "desktop"),
    ("duckduckgo mac", f"{_MAC}/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15 Ddg/18.1",
     "DuckDuckGo", 18, "macOS", "desktop"),
    ("ipad in desktop mode", f"{_MAC}/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
     "Safari", 17, "macOS", "desktop"),
    ("firefox ubuntu", "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
     "Firefox", 133, "Linux", "desktop"),
    ("chrome linux", f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} Chrome/131.0.0.0 Safari/537.36",
     "Chrome", 131, "Linux", "desktop"),
    ("chromium ubuntu", f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} Ubuntu Chromium/79.0.3945.79 Chrome/79.0.3945.79 "
     "Safari/537.36", "Chromium", 79, "Linux", "desktop"),
    ("epiphany", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15 "
     "Epiphany/605.1.15", "Epiphany", 605, "Linux", "desktop"),
    ("chromebook", f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_WEBKIT} Chrome/131.0.0.0 Safari/537.36",
     "Chrome", 131, "ChromeOS", "desktop"),
    ("freebsd", "Mozilla/5.0 (X11; FreeBSD amd64; rv:132.0) Gecko/20100101 Firefox/132.0",
     "Firefox", 132, "FreeBSD", "other"),
    ("safari iphone", f"{_IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari", 17, "iOS", "mobile"),
    ("chrome iphone", f"{_IPHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "Chrome", 131, "iOS", "mobile"),
    ("firefox iphone", f"{_IPHONE} FxiOS/133.0 Mobile/15E148 Safari/605.1.15", "Firefox", 133, "iOS", "mobile"),
    ("edge iphone", f"{_IPHONE} Version/17.0 EdgiOS/131.0.2903.48 Mobile/15E148 Safari/604.1",
     "Edge", 131, "iOS", "mobile"),
    ("duckduckgo iphone", f"{_IPHONE} Version/17.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15",
     "DuckDuckGo", 7, "iOS", "mobile"),
    ("google app iphone", f"{_IPHONE} GSA/344.0.695551749 Mobile/15E148 Safari/604.1", "Google", 344, "iOS", "mobile"),
    ("facebook iphone", f"{_IPHONE} Mobile/21F90 [FBAN/FBIOS;FBAV/490.0.0.41.99;FBBV/660072440;FBDV/iPhone15,3;FBMD/iPhone;"
     "FBSN/iOS;FBSV/17.5.1;FBSS/3;FBCR/;FBID/phone;FBLC/de_DE;FBOP/80]", "Facebook", 490, "iOS", "mobile"),
    ("instagram iphone", f"{_IPHONE} Mobile/21F90 Instagram 357.0.0.25.87 (iPhone15,2; iOS 17_5_1; de_DE; de; scale=3.00; "
     "1179x2556; 660072440)", "Instagram", 357, "iOS", "mobile"),
    ("linkedin iphone", f"{_IPHONE} Mobile/15E148 [LinkedInApp]/9.30.1680", "LinkedIn", 9, "iOS", "mobile"),
    ("whatsapp preview web view", f"{_IPHONE} Mobile/15E148", "iOS WebView", None, "iOS", "mobile"),
    ("pinterest iphone", f"{_IPHONE} Mobile/15E148 [Pinterest/iOS]", "Pinterest", None, "iOS", "mobile"),
    ("tiktok iphone", f"{_IPHONE} Mobile/15E148 musical_ly_36.3.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/de "
     "Region/DE BytedanceWebview/d8a21c6", "TikTok", 36, "iOS", "mobile"),
    ("snapchat iphone", f"{_IPHONE} Mobile/15E148 Snapchat/13.16.0.42 (like Safari/8618.2.12.10.9, panda)",
     "Snapchat", 13, "iOS", "mobile"),
    ("wechat iphone", f"{_IPHONE} Mobile/15E148 MicroMessenger/8.0.53(0x18003530) NetType/WIFI Language/zh_CN",
     "WeChat", 8, "iOS", "mobile"),
    ("safari ipad", f"{_IPAD} Version/17.5 Mobile/15E148 Safari/604.1", "Safari", 17, "iOS", "tablet"),
    ("chrome ipad", f"{_IPAD} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "Chrome", 131, "iOS", "tablet"),
    ("chrome pixel", f"{_PIXEL} Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome", 131, "Android", "mobile"),
    ("chrome android reduced", f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36",
     "Chrome", 131, "Android", "mobile"),
    ("chrome android tablet", f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/131.0.0.0 Safari/537.36",
     "Chrome", 131, "Android", "tablet"),
    ("samsung internet", f"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) {_WEBKIT} SamsungBrowser/27.0 "
     "Chrome/125.0.0.0 Mobile Safari/537.36", "Samsung Internet", 27, "Android", "mobile"),
    ("samsung tablet", f"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-X700) {_WEBKIT} SamsungBrowser/26.0 "
     "Chrome/122.0.0.0 Safari/537.36", "Samsung Internet", 26, "Android", "tablet"),
    ("firefox android", "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0",
     "Firefox", 133, "Android", "mobile"),
    ("firefox android tablet", "Mozilla/5.0 (Android 13; Tablet; rv:133.0) Gecko/133.0 Firefox/133.0",
     "Firefox", 133, "Android", "tablet"),
    ("edge android", f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36 "
     "EdgA/131.0.0.0", "Edge", 131, "Android", "mobile"),
    ("opera android", f"{_PIXEL} Chrome/130.0.0.0 Mobile Safari/537.36 OPR/86.0.0.0", "Opera", 86, "Android", "mobile"),
    ("opera mini", "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16",
     "Opera Mini", 36, "Android", "mobile"),
    ("opera mini phone", "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.348; U; en) Presto/2.5.25 "
     "Version/10.54", "Opera Mini", 9, "Symbian OS", "mobile"),
    ("uc browser", "Mozilla/5.0 (Linux; U; Android 13; en-US; RMX3085 Build/SP1A.210812.016) AppleWebKit/537.36 (KHTML, "
     "like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.8.2.1324 Mobile Safari/537.36",
     "UC Browser", 13, "Android", "mobile"),
    ("miui browser", "Mozilla/5.0 (Linux; U; Android 13; de-de; 22101316G Build/TP1A.220624.014) AppleWebKit/537.36 "
     "(KHTML, like Gecko) Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.10.0-gn",
     "MiuiBrowser", 14, "Android", "mobile"),
    ("huawei browser", f"Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00; HMSCore 6.13.0.301) {_WEBKIT} "
     "Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36", "Huawei Browser", 15, "Android", "mobile"),
    ("duckduckgo android", f"{_PIXEL} Version/4.0 Chrome/131.0.0.0 Mobile DuckDuckGo/5 Safari/537.36",
     "DuckDuckGo", 5, "Android", "mobile"),
    ("cubot phone", f"Mozilla/5.0 (Linux; Android 9; CUBOT_X19) {_WEBKIT} Chrome/87.0.4280.141 Mobile Safari/537.36",
     "Chrome", 87, "Android", "mobile"),
    ("cubot note", f"Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) {_WEBKIT} Chrome/120.0.0.0 Mobile Safari/537.36",
     "Chrome", 120, "Android", "mobile"),
    ("cubot with build", f"Mozilla/5.0 (Linux; Android 13; KINGKONG STAR Build/Cubot; wv) {_WEBKIT} Version/4.0 "
     "Chrome/120.0.0.0 Mobile Safari/537.36", "Android WebView", 120, "Android", "mobile"),
    ("android web view", f"Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A.231005.007; wv) {_WEBKIT} Version/4.0 "
     "Chrome/131.0.6778.81 Mobile Safari/537.36", "Android WebView", 131, "Android", "mobile"),
    ("pixel of june 2024", f"Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP3A.240617.008; wv) {_WEBKIT} Version/4.0 "
     "Chrome/126.0.6478.71 Mobile Safari/537.36", "Android WebView", 126, "Android", "mobile"),
    ("facebook android", f"Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A.231005.007; wv) {_WEBKIT} Version/4.0 "
     "Chrome/131.0.6778.81 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/491.0.0.59.76;]", "Facebook", 491, "Android", "mobile"),
    ("facebook android new", f"{_PIXEL} Version/4.0 Chrome/131.0.6778.81 Mobile Safari/537.36 "
     "[FB_IAB/FB4A;FBAV/491.0.0.59.76;IABMV/1;] MetaIAB Facebook", "Facebook", 491, "Android", "mobile"),
    ("instagram android", f"Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) {_WEBKIT} Version/4.0 Chrome/131.0.6778.81 "
     "Mobile Safari/537.36 Instagram 357.1.0.52.100 Android (34/14; 600dpi; 1440x3088; samsung; SM-S918B; dm3q; qcom; "
     "de_DE; 662944209)", "Instagram", 357, "Android", "mobile"),
    ("pinterest android", f"{_PIXEL} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 [Pinterest/Android]",
     "Pinterest", None, "Android", "mobile"),
    ("google app android", f"{_PIXEL} Version/4.0 Chrome/131.0.6778.81 Mobile Safari/537.36 GSA/15.46.34.28.arm64",
     "Google", 15, "Android", "mobile"),
    ("line android", f"{_PIXEL} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 Line/14.19.1/IAB",
     "LINE", 14, "Android", "mobile"),
    ("kakaotalk android", f"{_PIXEL} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36;KAKAOTALK 2410880",
     "Android WebView", 131, "Android", "mobile"),
    ("naver app", f"{_PIXEL} Version/4.0 Chrome/131.0.0.0 Whale/1.0.0.0 Crosswalk/29.131.0.16 Mobile Safari/537.36 "
     "NAVER(inapp; search; 1230; 12.7.2)", "Crosswalk", 29, "Android", "mobile"),
    ("yandex android", f"{_PIXEL} Chrome/128.0.0.0 YaBrowser/24.10.5.97.00 SA/3 Mobile Safari/537.36",
     "Yandex Browser", 24, "Android", "mobile"),
    ("qq browser", "Mozilla/5.0 (Linux; U; Android 13; zh-cn; V2055A Build/TP1A.220624.014) AppleWebKit/537.36 (KHTML, "
     "like Gecko) Version/4.0 Chrome/109.0.5414.86 MQQBrowser/15.2 Mobile Safari/537.36 COVC/046913",
     "QQ Browser", 15, "Android", "mobile"),
    ("brave android", f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36",
     "Chrome", 131, "Android", "mobile"),
    ("ecosia android", f"Mozilla/5.0 (Linux; Android 10; K) {_WEBKIT} Chrome/126.0.6478.122 Mobile Safari/537.36 "
     "(Ecosia android@126.0.6478.122)", "Ecosia", 126, "Android", "mobile"),
    ("kaios phone", "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
     "Firefox", 48, "KaiOS", "mobile"),
    ("windows phone", f"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) {_WEBKIT} "
     "Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15254", "Edge", 15, "Windows Phone", "mobile"),
    ("fire tablet", f"Mozilla/5.0 (Linux; Android 11; KFTRWI) {_WEBKIT} Silk/130.1.1 like Chrome/130.0.6723.102 "
     "Safari/537.36", "Amazon Silk", 130, "Android", "tablet"),
    ("old android browser", "Mozilla/5.0 (Linux; U; Android 4.1.2; de-de; GT-I8190 Build/JZO54K) AppleWebKit/534.30 "
     "(KHTML, like Gecko) Version/4.0 Mobile Safari/534.30", "Android Browser", 4, "Android", "mobile"),
    ("samsung television", "Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) "
     "94.0.4606.31/7.0 TV Safari/537.36", "Safari", None, "Tizen", "other"),
    ("lg television", f"Mozilla/5.0 (Web0S; Linux/SmartTV) {_WEBKIT} Chrome/94.0.4606.128 Safari/537.36 WebAppManager",
     "Chrome", 94, "webOS", "other"),
    ("sony television", f"Mozilla/5.0 (Linux; Android 10; BRAVIA 4K VH2) {_WEBKIT} Chrome/120.0.0.0 Safari/537.36",
     "Chrome", 120, "Android", "other"),
    ("fire tv stick", f"Mozilla/5.0 (Linux; Android 9; AFTMM) {_WEBKIT} Silk/120.3.1 like Chrome/120.0.6099.230 "
     "Safari/537.36", "Amazon Silk", 120, "Android", "other"),
    ("playstation 5", "Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/13.0 Safari/605.1.15", "Safari", 13, "Other", "other"),
    ("xbox one", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge", 131, "Windows", "other"),
    ("nintendo switch", "Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.21.3 "
     "NintendoBrowser/5.1.0.22433", "Other", None, "Other", "other"),
    ("quest headset", f"Mozilla/5.0 (X11; Linux x86_64; Quest 3) {_WEBKIT} OculusBrowser/35.3 Chrome/126.0.6478.186 VR "
     "Safari/537.36", "Oculus Browser", 35, "Android", "other"),
)  # fmt: skip

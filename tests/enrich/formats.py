"""User agents as browsers build them, put together from the publicly documented formats and many versions of each.

Chromium's reduced form (chromium.org/updates/ua-reduction), Gecko's (developer.mozilla.org, Firefox user agent string),
WebKit's, which freezes all but Version; the apps' own suffixes; television sets, consoles and e-readers.
"""
# ruff: noqa: E501  # user agents are long

from collections.abc import Iterator

_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_DESKTOPS = {
    "windows": "Windows NT 10.0; Win64; x64", "windows 32": "Windows NT 10.0", "windows 7": "Windows NT 6.1; Win64; x64",
    "mac": "Macintosh; Intel Mac OS X 10_15_7", "linux": "X11; Linux x86_64", "chromebook": "X11; CrOS x86_64 14541.0.0",
}  # fmt: skip
_PHONES = {
    "reduced": "Linux; Android 10; K", "pixel": "Linux; Android 15; Pixel 9 Pro", "samsung": "Linux; Android 14; SM-S921B",
    "xiaomi": "Linux; Android 13; 2201117TG", "redmi": "Linux; Android 12; Redmi Note 9 Pro", "oppo": "Linux; Android 14; CPH2581",
    "vivo": "Linux; Android 13; V2250", "moto": "Linux; Android 13; moto g(60)", "huawei": "Linux; Android 10; ELE-L29",
    "nokia": "Linux; Android 12; Nokia G20", "cubot": "Linux; Android 13; CUBOT P80", "fairphone": "Linux; Android 14; FP5",
    "tecno": "Linux; Android 12; TECNO KI5k", "infinix": "Linux; Android 12; Infinix X6816", "realme": "Linux; Android 14; RMX3771",
    "sony": "Linux; Android 14; XQ-DQ54", "old": "Linux; Android 6.0.1; SM-G920F", "nothing": "Linux; Android 14; A142",
}  # fmt: skip
_TABLETS = {
    "samsung": "Linux; Android 14; SM-X810", "lenovo": "Linux; Android 12; Lenovo TB-X306F", "pixel": "Linux; Android 14; Pixel Tablet",
    "xiaomi": "Linux; Android 13; 21051182G", "reduced": "Linux; Android 10; K",
}  # fmt: skip
_CHROMES = (88, 99, 109, 120, 131, 138, 142)
# What Chromium's relatives on the desktop put behind Safari/537.36.
_RELATIVES = {
    "Edge": "Edg/{v}.0.0.0", "Opera": "OPR/{v}.0.0.0", "Vivaldi": "Vivaldi/7.6.3797.58", "Yandex Browser": "YaBrowser/25.8.0.0",
    "Avast Secure Browser": "Avast/{v}.0.0.0", "Sogou Explorer": "SE 2.X MetaSr 1.0",
}  # fmt: skip
_APPS_ON_ANDROID = {
    "Facebook": "[FB_IAB/FB4A;FBAV/{v}.0.0.59.76;IABMV/1;]", "Facebook of Meta": "[FB_IAB/FB4A;FBAV/{v}.0.0.34.81;IABMV/1;] MetaIAB Facebook",
    "Messenger": "[FB_IAB/Orca-Android;FBAV/{v}.0.0.16.101;]", "Instagram": "Instagram {v}.0.0.35.103 Android (34/14; 420dpi; 1080x2194; samsung; SM-S921B; e1s; s5e9945; de_DE; 700000000)",
    "Threads": "Barcelona {v}.0.0.29.109 Android (34/14; 480dpi; 1080x2160; Google; Pixel 8; shiba; shiba; en_US; 700000000)",
    "LINE": "Line/15.{v}.1/IAB", "WeChat": "MMWEBID/6170 MicroMessenger/8.0.{v}.2880(0x28003339) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64",
    "TikTok": "trill_{v} JsSdk/1.0 NetType/WIFI Channel/googleplay AppName/musical_ly app_version/36.5.4 ByteLocale/en ByteFullLocale/en Region/DE",
    "Google": "GSA/15.{v}.34.28.arm64", "Snapchat": "Snapchat/13.{v}.0.42", "Pinterest": "[Pinterest/Android]", "LinkedIn": "[LinkedInApp]/4.1.{v}",
    "Reddit": "Reddit/Version 2025.{v}.0/Build 2145/Android 14", "X": "TwitterAndroid", "Kakao": "KAKAOTALK/25.{v}.1 (INAPP)",
    "Viber": "Viber/24.{v}.0.4", "Telegram": "Telegram-Android/11.{v}.1 (Samsung SM-S921B; Android 14; SDK 34; HIGH)",
}  # fmt: skip
_APPS_ON_IPHONE = {
    "Facebook": "[FBAN/FBIOS;FBAV/{v}.0.0.41.99;FBBV/660072440;FBDV/iPhone16,1;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBID/phone;FBLC/en_GB;FBOP/5]",
    "Messenger": "[FBAN/MessengerForiOS;FBAV/{v}.0.0.39.108;FBBV/668001140;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBCR/;FBID/phone;FBLC/en;FBOP/0]",
    "Instagram": "Instagram {v}.0.0.25.87 (iPhone16,1; iOS 18_5; en_GB; en; scale=3.00; 1179x2556; 660072440)", "LINE": "Safari Line/15.{v}.0",
    "WeChat": "MicroMessenger/8.0.{v}(0x18003d39) NetType/WIFI Language/en", "TikTok": "musical_ly_{v}.3.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en Region/GB",
    "Snapchat": "Snapchat/13.{v}.0.42 (like Safari/8618.2.12.10.9, panda)", "LinkedIn": "[LinkedInApp]/9.30.{v}",
    "Pinterest": "[Pinterest/iOS]", "Reddit": "Reddit/Version 2025.{v}.0/Build 614973/iOS Version 18.5", "DuckDuckGo": "DuckDuckGo/7 Safari/605.1.15",
    "Ecosia": "EcosiaIOS/11.{v} Safari/605.1.15", "Brave": "Brave/1.{v} Safari/605.1.15",
}  # fmt: skip
SCREENS = {
    "tizen television": f"Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) {_BLINK} SamsungBrowser/6.0 Chrome/108.0.5359.1/8.0 TV Safari/537.36",
    "webos television": f"Mozilla/5.0 (Web0S; Linux/SmartTV) {_BLINK} Chrome/108.0.5359.211 Safari/537.36 WebAppManager",
    "hbbtv": f"Mozilla/5.0 (Linux; Andr0id 9; BRAVIA) {_BLINK} Chrome/87.0.4280.101 Safari/537.36 OPR/46.0 HbbTV/1.5.1 (+DRM; Sony; BRAVIA; v1.0; ; )",
    "google television": f"Mozilla/5.0 (Linux; Android 12; Chromecast) {_BLINK} Chrome/131.0.0.0 Safari/537.36",
    "android television": f"Mozilla/5.0 (Linux; Android 11; MiTV-AXSO0) {_BLINK} Chrome/124.0.0.0 Safari/537.36",
    "shield": f"Mozilla/5.0 (Linux; Android 11; SHIELD Android TV) {_BLINK} Chrome/131.0.0.0 Safari/537.36",
    "fire television": f"Mozilla/5.0 (Linux; Android 11; AFTKRT) {_BLINK} Silk/131.2.1 like Chrome/131.0.6778.81 Safari/537.36",
    "vidaa": f"Mozilla/5.0 (Linux; Android 9; SmartTV) {_BLINK} Chrome/108.0.0.0 Safari/537.36 VIDAA/7.0(Hisense;SmartTV;55A6H)",
    "philips": "Opera/9.80 (Linux armv7l; HbbTV/1.4.1 (; Philips; 55PUS8102; ; PHILIPSTV; ) en) Presto/2.12.407 Version/12.51",
    "roku": "Mozilla/5.0 (Roku/DVP-12.5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.88 Safari/537.36",
    "playstation 4": f"Mozilla/5.0 (PlayStation 4 11.50) {_WEBKIT} Version/13.0 Safari/605.1.15",
    "playstation 5": f"Mozilla/5.0 (PlayStation; PlayStation 5/8.20) {_WEBKIT} Version/13.0 Safari/605.1.15",
    "xbox": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) {_BLINK} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    "switch": "Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.2.22.5 NintendoBrowser/5.1.0.23519",
    "wii u": "Mozilla/5.0 (Nintendo WiiU) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.4.2.13 NintendoBrowser/4.3.2.11274.EU",
    "quest": f"Mozilla/5.0 (Linux; Android 12; Quest 3) {_BLINK} OculusBrowser/36.0 Chrome/130.0.0.0 VR Safari/537.36",
    "tesla": f"Mozilla/5.0 (X11; GNU/Linux) {_BLINK} Chromium/109.0.5414.119 Chrome/109.0.5414.119 Safari/537.36 Tesla/2024.44.25-abcdef",
    "watch": f"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-R930) {_BLINK} SamsungBrowser/4.0 Chrome/115.0.0.0 Mobile Safari/537.36 Wear OS",
}  # fmt: skip
READERS = {
    "kindle": "Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ (KHTML, like Gecko) Version/5.0 Safari/533.2+ Kindle/3.0+",
    "new kindle": f"Mozilla/5.0 (X11; Linux armv7l) {_BLINK} Chrome/75.0.3770.80 Safari/537.36 Kindle/5.16",
    "kobo": "Mozilla/5.0 (Linux; U; Android 2.0; en-us;) AppleWebKit/538.1 (KHTML, like Gecko) Version/4.0 Mobile Safari/538.1 (Kobo Touch 0377/4.38.23171)",
    "tolino": "Mozilla/5.0 (Linux; U; Android 4.0.4; de-de; tolino vision 5 Build/IMM76D) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Safari/534.30",
    "pocketbook": f"Mozilla/5.0 (Linux; arm) {_BLINK} Version/4.0 Safari/534.30 PocketBook/632 (screen 1072x1448; FW W632.6.5)",
    "nook": "Mozilla/5.0 (Linux; U; Android 4.4.2; en-us; BNRV510 Build/KOT49H) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Safari/534.30",
    "boox": f"Mozilla/5.0 (Linux; Android 11; NoteAir2) {_BLINK} Chrome/120.0.0.0 Safari/537.36",
}  # fmt: skip


def agents() -> Iterator[tuple[str, str, str]]:
    """(name, user agent, device: desktop, mobile, tablet or other) of every format in every version."""
    yield from _on_desktops()
    yield from _on_android()
    yield from _on_apple()
    yield from ((name, agent, "other") for name, agent in SCREENS.items())
    yield from ((name, agent, "tablet") for name, agent in READERS.items())


def _on_desktops() -> Iterator[tuple[str, str, str]]:
    for name, system in _DESKTOPS.items():
        for version in _CHROMES:
            yield (
                f"chrome {version} {name}",
                f"Mozilla/5.0 ({system}) {_BLINK} Chrome/{version}.0.0.0 Safari/537.36",
                "desktop",
            )
        for relative, suffix in _RELATIVES.items():
            agent = f"Mozilla/5.0 ({system}) {_BLINK} Chrome/138.0.0.0 Safari/537.36 {suffix.format(v=138)}"
            yield f"{relative} {name}", agent, "desktop"
    for version in (91, 102, 115, 128, 140, 145):
        for system in (
            "Windows NT 10.0; Win64; x64",
            "Macintosh; Intel Mac OS X 10.15",
            "X11; Linux x86_64",
            "X11; Ubuntu; Linux x86_64",
        ):
            agent = f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
            yield f"firefox {version} {system}", agent, "desktop"


def _on_android() -> Iterator[tuple[str, str, str]]:
    for name, system in _PHONES.items():
        for version in (109, 131, 142):
            agent = f"Mozilla/5.0 ({system}) {_BLINK} Chrome/{version}.0.0.0 Mobile Safari/537.36"
            yield f"chrome {version} {name}", agent, "mobile"
    for name, system in _TABLETS.items():
        yield f"chrome tablet {name}", f"Mozilla/5.0 ({system}) {_BLINK} Chrome/138.0.0.0 Safari/537.36", "tablet"
    web_view = f"Mozilla/5.0 (Linux; Android 14; SM-S921B Build/UP1A.231005.007; wv) {_BLINK} Version/4.0 Chrome/138.0.7204.63 Mobile Safari/537.36"
    for name, suffix in _APPS_ON_ANDROID.items():
        for version in (41, 357, 500):
            yield f"{name} {version} on android", f"{web_view} {suffix.format(v=version)}", "mobile"
    for version in (115, 140):
        yield (
            f"firefox {version} android",
            f"Mozilla/5.0 (Android 14; Mobile; rv:{version}.0) Gecko/{version}.0 Firefox/{version}.0",
            "mobile",
        )
        yield (
            f"firefox {version} tablet",
            f"Mozilla/5.0 (Android 14; Tablet; rv:{version}.0) Gecko/{version}.0 Firefox/{version}.0",
            "tablet",
        )


def _on_apple() -> Iterator[tuple[str, str, str]]:
    for version in ("14.1.2", "15.6.1", "16.6", "17.5", "18.5", "26.0"):
        phone = f"iPhone; CPU iPhone OS {version.replace('.', '_')} like Mac OS X"
        pad = f"iPad; CPU OS {version.replace('.', '_')} like Mac OS X"
        safari = f"{_WEBKIT} Version/{version} Mobile/15E148 Safari/604.1"
        yield f"safari {version} iphone", f"Mozilla/5.0 ({phone}) {safari}", "mobile"
        yield f"safari {version} ipad", f"Mozilla/5.0 ({pad}) {safari}", "tablet"
        yield f"safari {version} ipod", f"Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5 like Mac OS X) {safari}", "mobile"
        # An iPad asks for the desktop's pages since iPadOS 13 (webkit.org/blog/9674): nothing tells it from a Mac.
        mac = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/{version} Safari/605.1.15"
        yield f"safari {version} mac or ipad", mac, "desktop"
    for name, suffix in _APPS_ON_IPHONE.items():
        for release in (41, 357, 500):
            agent = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {_WEBKIT} Mobile/15E148 {suffix.format(v=release)}"
            yield f"{name} {release} on iphone", agent, "mobile"
    for name, token in (
        ("chrome", "CriOS/138.0.7204.63"),
        ("edge", "EdgiOS/138.0.3351.65"),
        ("firefox", "FxiOS/140.0"),
    ):
        agent = f"{_WEBKIT} {token} Mobile/15E148 Safari/604.1"
        yield f"{name} iphone", f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {agent}", "mobile"
        yield f"{name} ipad", f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {agent}", "tablet"

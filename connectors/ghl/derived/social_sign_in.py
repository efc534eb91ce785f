"""Signing the social planner in to the networks: derived from social-media-posting.json; names and types are the service's own."""  # noqa: E501

# fmt: off
from connectors import fields as f
from connectors.ghl.base import LOCATION_PATH, LOCATION_QUERY, done
from connectors.ghl.derived.shared import COMPANY, DONE, need, options, ref, resource, samples
from connectors.notation import get, post

S = samples("social_sign_in")
GIVEN_UP = "HighLevel no longer supports X, formerly Twitter, since December 4, 2024: nothing takes its place."
SHARED = (LOCATION_PATH, COMPANY, f.choice("type", choices=options("page group profile location business")),
    ref("originId"), f.text("name"), f.text("avatar"))

OPERATIONS = resource(
    "social_sign_in", "",
    get("start_google_oauth", "/social-media-posting/oauth/google/start", "Start signing in to Google",
        LOCATION_QUERY, need(ref("userId")), f.text("page"), f.text("reconnect"), sample=DONE, read=done,
        scopes="socialplanner/oauth.readonly"),
    get("get_google_locations", "/social-media-posting/oauth/{locationId}/google/locations/{accountId}",
        "List Google business locations to connect", LOCATION_PATH, sample=S["get_google_locations"]),
    post("set_google_locations", "/social-media-posting/oauth/{locationId}/google/locations/{accountId}",
        "Connect a Google business location", LOCATION_PATH, COMPANY, f.json("location", example='{"key": "value"}'),
        f.json("account", example='{"key": "value"}'), sample=S["set_google_locations"]),
    get("start_facebook_oauth", "/social-media-posting/oauth/facebook/start", "Start signing in to Facebook",
        LOCATION_QUERY, need(ref("userId")), f.text("page"), f.text("reconnect"), sample=DONE, read=done),
    get("get_facebook_page_group", "/social-media-posting/oauth/{locationId}/facebook/accounts/{accountId}",
        "List Facebook pages to connect", LOCATION_PATH, sample=S["get_facebook_page_group"]),
    post("attach_facebook_page_group", "/social-media-posting/oauth/{locationId}/facebook/accounts/{accountId}",
        "Connect a Facebook page", LOCATION_PATH, COMPANY, f.json("type", example='{"key": "value"}'),
        ref("originId"), f.text("name"), f.text("avatar"), sample=S["attach_facebook_page_group"]),
    get("start_instagram_oauth", "/social-media-posting/oauth/instagram/start", "Start signing in to Instagram",
        LOCATION_QUERY, need(ref("userId")), f.text("page"), f.text("reconnect"), sample=DONE, read=done,
        scopes="socialplanner/oauth.readonly"),
    get("get_instagram_page_group", "/social-media-posting/oauth/{locationId}/instagram/accounts/{accountId}",
        "List Instagram accounts to connect", LOCATION_PATH, sample=S["get_instagram_page_group"]),
    post("attach_instagram_page_group", "/social-media-posting/oauth/{locationId}/instagram/accounts/{accountId}",
        "Connect an Instagram account", LOCATION_PATH, COMPANY, need(ref("pageId")), ref("originId"), f.text("name"),
        f.text("avatar"), sample=S["attach_instagram_page_group"]),
    get("start_linkedin_oauth", "/social-media-posting/oauth/linkedin/start", "Start signing in to LinkedIn",
        LOCATION_QUERY, need(ref("userId")), f.text("page"), f.text("reconnect"), sample=DONE, read=done),
    get("get_linkedin_page_profile", "/social-media-posting/oauth/{locationId}/linkedin/accounts/{accountId}",
        "List LinkedIn pages to connect", LOCATION_PATH, sample=S["get_linkedin_page_profile"]),
    post("attach_linkedin_page_profile", "/social-media-posting/oauth/{locationId}/linkedin/accounts/{accountId}",
        "Connect a LinkedIn page", *SHARED, f.text("urn"), sample=S["attach_linkedin_page_profile"]),
    get("start_twitter_oauth", "/social-media-posting/oauth/twitter/start", "Start signing in to Twitter",
        LOCATION_QUERY, need(ref("userId")), f.text("page"), f.text("reconnect"), sample=DONE, read=done,
        scopes="socialplanner/oauth.readonly", help=GIVEN_UP),
    get("get_twitter_profile", "/social-media-posting/oauth/{locationId}/twitter/accounts/{accountId}",
        "Get the Twitter profile to connect", LOCATION_PATH, sample=S["get_twitter_profile"], help=GIVEN_UP),
    post("attach_twitter_profile", "/social-media-posting/oauth/{locationId}/twitter/accounts/{accountId}",
        "Connect a Twitter profile", LOCATION_PATH, COMPANY, ref("originId"), f.text("name"), f.text("username"),
        f.text("avatar"), f.boolean("protected"), f.boolean("verified"), sample=S["attach_twitter_profile"],
        help=GIVEN_UP),
    get("start_tiktok_oauth", "/social-media-posting/oauth/tiktok/start", "Start signing in to TikTok",
        LOCATION_QUERY, need(ref("userId")), f.text("page"), f.text("reconnect"), sample=DONE, read=done,
        scopes="socialplanner/oauth.readonly"),
    get("get_tiktok_profile", "/social-media-posting/oauth/{locationId}/tiktok/accounts/{accountId}",
        "Get the TikTok profile to connect", LOCATION_PATH, sample=S["get_tiktok_profile"]),
    post("attach_tiktok_profile", "/social-media-posting/oauth/{locationId}/tiktok/accounts/{accountId}",
        "Connect a TikTok profile", *SHARED, f.boolean("verified"), f.text("username"),
        sample=S["attach_tiktok_profile"]),
    get("start_tiktok_business_oauth", "/social-media-posting/oauth/tiktok-business/start",
        "Start signing in to TikTok Business", LOCATION_QUERY, need(ref("userId")), f.text("page"),
        f.text("reconnect"), sample=DONE, read=done, scopes="socialplanner/oauth.readonly"),
    get("get_tiktok_business_profile",
        "/social-media-posting/oauth/{locationId}/tiktok-business/accounts/{accountId}",
        "Get the TikTok Business profile to connect", LOCATION_PATH, sample=S["get_tiktok_business_profile"]),
    version="2021-07-28", source="social-media-posting.json", object="social account",
)

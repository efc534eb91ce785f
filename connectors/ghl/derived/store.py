"""Store: derived from store.json; names and types are the service's own."""

# fmt: off
from connectors import fields as f
from connectors.ghl.base import ALT_TYPE
from connectors.ghl.derived.shared import ALT, ALT_QUERY, need, options, ref, resource, samples
from connectors.notation import delete, get, post, put

S = samples("store")
STATES = options("AL AK AS AZ AR AA AE AP CA CO CT DE DC FM FL GA GU HI ID IL IN IA KS KY LA "
    "ME MH MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND MP OH OK OR PW PA PR RI "
    "SC SD TN TX UT VT VI VA WA WV WI WY AB BC MB NB NL NT NS NU ON PE QC SK YT "
    "BA CC CH CB CN ER FO JY LP LR MZ NQ RN SA SJ SL SF SE TF TU ACT NSW QLD TAS "
    "VIC AC AM CE DF ES GO MG PB PI RJ RO RR RS SP TO AI AN AT BI LI LL ML RM TA "
    "VS AMA ANT ARA ATL BOL BOY CAL CAQ CAS CAU CES CHO CUN COR GUA GUV HUI LAG "
    "MAG MET NAR NSA PUT QUI RIS SAP SAN SUC TOL VAC VAU VID CR-A CR-C CR-G CR-H "
    "CR-L CR-P CR-SJ GT-16 GT-15 GT-04 GT-20 GT-02 GT-05 GT-01 GT-13 GT-18 GT-21 "
    "GT-22 GT-17 GT-09 GT-14 GT-11 GT-03 GT-12 GT-06 GT-07 GT-10 GT-08 GT-19 HK "
    "KL BR CG DN DD DL GJ HR HP JK JH KA LD PY TS TR UP UK WB CW D G KE KK LS LM "
    "LK LH OY SO WD WH WX WW AG AO AV BT BL BN BG BO BZ BS CL CI CZ CS CR KR EN "
    "FE FI FG FC FR GE GR IM IS AQ LT LE LC LO LU MC NA NO OG OT PD PV PG PU PC "
    "PT PN PZ PO RG RA RC RE SS SV SI SR TE TP TV UD VE VB VC VR VV JP-23 JP-05 "
    "JP-02 JP-12 JP-38 JP-18 JP-40 JP-07 JP-21 JP-10 JP-34 JP-01 JP-28 JP-08 "
    "JP-17 JP-03 JP-37 JP-46 JP-14 JP-39 JP-43 JP-26 JP-24 JP-04 JP-45 JP-20 "
    "JP-42 JP-29 JP-15 JP-44 JP-33 JP-47 JP-27 JP-41 JP-11 JP-25 JP-32 JP-22 "
    "JP-09 JP-36 JP-13 JP-31 JP-16 JP-30 JP-06 JP-35 JP-19 JHR KDH KTN KUL LBN "
    "MLK NSN PHG PNG PRK PLS PJY SBH SWK SGR TRG AGU BCN BCS CAM CHP CHH CMX COA "
    "COL DUR GRO HID JAL MIC MOR MEX NAY NLE OAX PUE QUE ROO SLP SIN SON TAB TAM "
    "TLA VER YUC ZAC AUK BOP CAN CIT GIS HKB MWT MBH NTL OTA STL TKI WKO WGN WTC "
    "GB KP ANC APU ARE AYA CAJ CUS HUV HUC ICA JUN LAL LAM LIM LOR MDD MOQ PAS "
    "PIU PUN SAM TAC TUM UCA PH-ABR PH-AGN PH-AGS PH-AKL PH-ALB PH-ANT PH-APA "
    "PH-AUR PH-BAS PH-BAN PH-BTN PH-BTG PH-BEN PH-BIL PH-BOH PH-BUK PH-BUL "
    "PH-CAG PH-CAN PH-CAS PH-CAM PH-CAP PH-CAT PH-CAV PH-CEB PH-NCO PH-DAO "
    "PH-DAV PH-DAS PH-EAS PH-GUI PH-IFU PH-ILN PH-ILS PH-ILI PH-ISA PH-KAL "
    "PH-LUN PH-LAG PH-LAN PH-LAS PH-LEY PH-MAG PH-MAD PH-MAS PH-00 PH-MSC PH-MSR "
    "PH-MOU PH-NEC PH-NER PH-NSA PH-NUE PH-NUV PH-MDC PH-MDR PH-PLW PH-PAM "
    "PH-PAN PH-QUE PH-QUI PH-RIZ PH-ROM PH-WSA PH-SAR PH-SIG PH-SOR PH-SCO "
    "PH-SLE PH-SUK PH-SLU PH-SUN PH-SUR PH-TAR PH-TAW PH-ZMB PH-ZAN PH-ZAS "
    "PH-ZSI PT-20 PT-01 PT-02 PT-03 PT-04 PT-05 PT-06 PT-07 PT-08 PT-09 PT-10 "
    "PT-11 PT-30 PT-12 PT-13 PT-14 PT-15 PT-16 PT-17 PT-18 BH BV B CJ CV DB DJ "
    "GL HD IF MM PH SM SB TM TL VL VN KR-26 KR-43 KR-44 KR-27 KR-30 KR-42 KR-29 "
    "KR-47 KR-41 KR-48 KR-28 KR-49 KR-45 KR-46 KR-50 KR-11 KR-31 C A O PM BU S "
    "CU GI H HU J GC L M MU P SG T V ZA Z AJ DU FU RK SH UQ BFP ENG NIR SCT WLS " "FS FD RV TT")
COUNTRIES_2 = options("US CA AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ "
    "BJ BM BT BO BA BW BV BR IO BN BG BF BI KH CM CV KY CF TD CL CN CX CC CO KM "
    "CG CD CK CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE ET FK FO FJ FI FR "
    "GF PF TF GA GM GE DE GH GI GR GL GD GP GU GT GG GN GW GY HT HM VA HN HK HU "
    "IS IN ID IR IQ IE IM IL IT JM JP JE JO KZ KE KI KP XK KW KG LA LV LB LS LR "
    "LY LI LT LU MO MK MG MW MY MV ML MT MH MQ MR MU YT MX FM MD MC MN ME MS MA "
    "MZ MM NA NR NP NL AN NC NZ NI NE NG NU NF MP NO OM PK PW PS PA PG PY PE PH "
    "PN PL PT PR QA RE RO RU RW SH KN LC MF PM VC WS SM ST SA SN RS SC SL SG SX "
    "SK SI SB SO ZA GS KR ES LK SD SR SJ SZ SE CH SY TW TJ TZ TH TL TG TK TO TT "
    "TN TR TM TC TV UG UA AE GB UM UY UZ VU VE VN VG VI WF EH YE ZM ZW")
COUNTRIES = f.lines("countries", fields=(need(f.choice("code", choices=COUNTRIES_2)),
    f.json("states", example='[{"code": "AL"}]'),))

OPERATIONS = resource(
    "store", "",
    get("list_shipping_zones", "/store/shipping-zone", "List shipping zones", ALT_QUERY, ALT_TYPE, f.number("limit"),
        f.number("offset"), f.boolean("withShippingRate"), sample=S["list_shipping_zones"]),
    post("create_shipping_zone", "/store/shipping-zone", "Create a shipping zone", ALT, ALT_TYPE,
        need(f.text("name")), need(COUNTRIES), sample=S["create_shipping_zone"]),
    get("get_shipping_zones", "/store/shipping-zone/{shippingZoneId}", "Get a shipping zone", ALT_QUERY, ALT_TYPE,
        f.boolean("withShippingRate"), sample=S["get_shipping_zones"]),
    put("update_shipping_zone", "/store/shipping-zone/{shippingZoneId}", "Update a shipping zone", ALT, ALT_TYPE,
        f.text("name"), COUNTRIES, sample=S["update_shipping_zone"]),
    delete("delete_shipping_zone", "/store/shipping-zone/{shippingZoneId}", "Delete a shipping zone", ALT_QUERY,
        ALT_TYPE),
    post("get_available_shipping_zones", "/store/shipping-zone/shipping-rates", "List shipping rates for an order",
        ALT, ALT_TYPE, need(f.choice("country", choices=COUNTRIES_2)), need(f.number("totalOrderAmount")),
        need(f.number("totalOrderWeight")), need(f.object_("source", fields=(need(f.choice("type",
        choices=options("funnel website invoice calendar text2Pay document_contracts membership "
        "mobile_app communities point_of_sale manual form survey payment_link " "external"))),
        f.choice("subType", choices=options("one_step_order_form two_step_order_form upsell tap_to_pay card_payment "
        "store contact_view email_campaign payments_dashboard shopify "
        "subscription_view store_upsell woocommerce service meeting imported_csv " "qr_code")),))),
        need(f.lines("products", fields=(need(f.text("id", "Its ID, as an earlier step gives it.")),
        need(f.number("qty")),))), f.object_("address", fields=(f.text("name"), f.text("companyName"),
        f.text("addressLine1"), need(f.choice("country", choices=COUNTRIES_2)), f.choice("state", choices=STATES),
        f.text("city"), f.text("zip"), f.text("phone"), f.email("email"),)),
        f.choice("amountAvailable",
        choices=options("AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ BJ BM "
        "BT BO BA BW BV BR IO BN BG BF BI KH CM CA CV KY CF TD CL CN CX CC CO KM CG "
        "CD CK CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE ET FK FO FJ FI FR GF "
        "PF TF GA GM GE DE GH GI GR GL GD GP GU GT GG GN GW GY HT HM VA HN HK HU IS "
        "IN ID IR IQ IE IM IL IT JM JP JE JO KZ KE KI KP KR XK KW KG LA LV LB LS LR "
        "LY LI LT LU MO MK MG MW MY MV ML MT MH MQ MR MU YT MX FM MD MC MN ME MS MA "
        "MZ MM NA NR NP NL AN NC NZ NI NE NG NU NF MP NO OM PK PW PS PA PG PY PE PH "
        "PN PL PT PR QA RE RO RU RW SH KN LC MF PM VC WS SM ST SA SN RS SC SL SG SX "
        "SK SI SB SO ZA GS ES LK SD SR SJ SZ SE CH SY TW TJ TZ TH TL TG TK TO TT TN "
        "TR TM TC TV UG GB UA AE US UM UY UZ VU VE VN VG VI WF EH YE ZM ZW")), f.boolean("weightAvailable"),
        f.text("couponCode"), sample=S["get_available_shipping_zones"], reads=True),
    get("list_shipping_rates", "/store/shipping-zone/{shippingZoneId}/shipping-rate", "List shipping rates",
        ALT_QUERY, ALT_TYPE, f.number("limit"), f.number("offset"), sample=S["list_shipping_rates"]),
    post("create_shipping_rate", "/store/shipping-zone/{shippingZoneId}/shipping-rate", "Create a shipping rate", ALT,
        ALT_TYPE, need(f.text("name")), need(f.text("currency")), need(f.number("amount")),
        need(f.choice("conditionType", choices=options("none price weight"))), need(f.number("minCondition")),
        need(f.number("maxCondition")), need(ref("shippingCarrierId")), f.note("description"),
        f.boolean("isCarrierRate"), f.number("percentageOfRateFee"),
        f.lines("shippingCarrierServices", fields=(need(f.text("name")), need(f.text("value")),)),
        sample=S["create_shipping_rate"]),
    get("get_shipping_rates", "/store/shipping-zone/{shippingZoneId}/shipping-rate/{shippingRateId}",
        "Get a shipping rate", ALT_QUERY, ALT_TYPE, sample=S["get_shipping_rates"]),
    put("update_shipping_rate", "/store/shipping-zone/{shippingZoneId}/shipping-rate/{shippingRateId}",
        "Update a shipping rate", ALT, ALT_TYPE, f.text("name"), f.note("description"), f.text("currency"),
        f.number("amount"), f.choice("conditionType", choices=options("none price weight")), f.number("minCondition"),
        f.number("maxCondition", more=True), f.boolean("isCarrierRate", more=True),
        ref("shippingCarrierId", more=True), f.number("percentageOfRateFee", more=True),
        f.lines("shippingCarrierServices", fields=(need(f.text("name")), need(f.text("value")),), more=True),
        sample=S["update_shipping_rate"]),
    delete("delete_shipping_rate", "/store/shipping-zone/{shippingZoneId}/shipping-rate/{shippingRateId}",
        "Delete a shipping rate", ALT_QUERY, ALT_TYPE),
    get("list_shipping_carriers", "/store/shipping-carrier", "List shipping carriers", ALT_QUERY, ALT_TYPE,
        sample=S["list_shipping_carriers"]),
    post("create_shipping_carrier", "/store/shipping-carrier", "Create a shipping carrier", ALT, ALT_TYPE,
        need(f.text("name")), need(f.text("callbackUrl")), f.lines("services", fields=(need(f.text("name")),
        need(f.text("value")),)), f.boolean("allowsMultipleServiceSelection"), sample=S["create_shipping_carrier"]),
    get("get_shipping_carriers", "/store/shipping-carrier/{shippingCarrierId}", "Get a shipping carrier", ALT_QUERY,
        ALT_TYPE, sample=S["get_shipping_carriers"]),
    put("update_shipping_carrier", "/store/shipping-carrier/{shippingCarrierId}", "Update a shipping carrier", ALT,
        ALT_TYPE, f.text("name"), f.text("callbackUrl"), f.lines("services", fields=(need(f.text("name")),
        need(f.text("value")),)), f.boolean("allowsMultipleServiceSelection"), sample=S["update_shipping_carrier"]),
    delete("delete_shipping_carrier", "/store/shipping-carrier/{shippingCarrierId}", "Delete a shipping carrier",
        ALT_QUERY, ALT_TYPE),
    get("get_store_settings", "/store/store-setting", "Get the store's settings", ALT_QUERY, ALT_TYPE,
        sample=S["get_store_settings"]),
    post("create_store_setting", "/store/store-setting", "Set the store's settings", ALT, ALT_TYPE,
        need(f.object_("shippingOrigin", fields=(need(f.text("name")), need(f.choice("country", choices=COUNTRIES_2)),
        f.choice("state", choices=STATES), need(f.text("city")), need(f.text("street1")), f.text("street2"),
        need(f.text("zip")), f.text("phone"), f.email("email"),))),
        f.object_("storeOrderNotification", fields=(need(f.boolean("enabled")), need(f.text("subject")),
        need(ref("emailTemplateId")), need(ref("defaultEmailTemplateId")),)),
        f.object_("storeOrderFulfillmentNotification", fields=(need(f.boolean("enabled")), need(f.text("subject")),
        need(ref("emailTemplateId")), need(ref("defaultEmailTemplateId")),)), sample=S["create_store_setting"]),
    version="2021-07-28", source="store.json", object="store",
)

"""The units that city sensors and models use, as one table of facts.

One line is one unit: UN/CEFACT code, QUDT name, symbol, factor, name; ``-`` where there is no code or no QUDT name. The
factor takes a value to the first unit of its quantity; ``5/9+459.67`` adds the number first. Factor ``0`` marks a scale
of its own, which converts to nothing. Checked against Recommendation 20 and QUDT 3.1; where they differ, the code's own
definition stands: a month is a twelfth of a year of 365.25 days.
"""

from __future__ import annotations

from typing import Final

__all__ = ["MISTAKEN_CODES", "QUDT_SYNONYMS", "SPELLINGS", "UNITS"]

UNITS: Final = {
    "temperature Temperature": """
        KEL K K 1 kelvin
        CEL DEG_C °C 1+273.15 degree Celsius
        FAH DEG_F °F 5/9+459.67 degree Fahrenheit
    """,
    "temperature change TemperaturePerTime": """
        H12 DEG_C-PER-HR °C/h 1 degree Celsius per hour
        H13 DEG_C-PER-MIN °C/min 60 degree Celsius per minute
    """,
    "length Length": """
        MTR M m 1 metre
        C45 NanoM nm 0.000000001 nanometre
        4H MicroM µm 0.000001 micrometre
        MMT MilliM mm 0.001 millimetre
        CMT CentiM cm 0.01 centimetre
        DMT DeciM dm 0.1 decimetre
        HMT HectoM hm 100 hectometre
        KMT KiloM km 1000 kilometre
        INH IN in 0.0254 inch
        FOT FT ft 0.3048 foot
        YRD YD yd 0.9144 yard
        SMI MI mi 1609.344 mile
        NMI MI_N nmi 1852 nautical mile
    """,
    "area Area": """
        MTK M2 m² 1 square metre
        MMK MilliM2 mm² 0.000001 square millimetre
        CMK CentiM2 cm² 0.0001 square centimetre
        HAR HA ha 10000 hectare
        KMK KiloM2 km² 1000000 square kilometre
        FTK FT2 ft² 0.09290304 square foot
        ACR AC acre 4046.8564224 acre
    """,
    "volume Volume": """
        MTQ M3 m³ 1 cubic metre
        MLT MilliL mL 0.000001 millilitre
        CMQ CentiM3 cm³ 0.000001 cubic centimetre
        LTR L L 0.001 litre
        DMQ DeciM3 dm³ 0.001 cubic decimetre
        HLT HectoL hL 0.1 hectolitre
        K6 KiloL kL 1 kilolitre
        MAL MegaL ML 1000 megalitre
        FTQ FT3 ft³ 0.028316846592 cubic foot
        GLL GAL_US gal(US) 0.003785411784 gallon (US)
        GLI GAL_UK gal(UK) 0.00454609 gallon (UK)
    """,
    "mass Mass": """
        KGM KiloGM kg 1 kilogram
        MC MicroGM µg 0.000000001 microgram
        MGM MilliGM mg 0.000001 milligram
        GRM GM g 0.001 gram
        TNE TONNE t 1000 tonne
        KTN KiloTONNE kt 1000000 kilotonne
        LBR LB lb 0.45359237 pound
    """,
    "time Time": """
        SEC SEC s 1 second
        B98 MicroSEC µs 0.000001 microsecond
        C26 MilliSEC ms 0.001 millisecond
        MIN MIN min 60 minute
        HUR HR h 3600 hour
        DAY DAY d 86400 day
        WEE WK wk 604800 week
        MON MO mo 2629800 month
        ANN YR a 31557600 year
    """,
    "velocity Velocity": """
        MTS M-PER-SEC m/s 1 metre per second
        C16 MilliM-PER-SEC mm/s 0.001 millimetre per second
        2M CentiM-PER-SEC cm/s 0.01 centimetre per second
        2X M-PER-MIN m/min 1/60 metre per minute
        M60 M-PER-HR m/h 1/3600 metre per hour
        KMH KiloM-PER-HR km/h 1/3.6 kilometre per hour
        HM MI-PER-HR mi/h 0.44704 mile per hour
        KNT KN kn 1852/3600 knot
        H81 MilliM-PER-MIN mm/min 0.001/60 millimetre per minute
        H67 MilliM-PER-HR mm/h 0.001/3600 millimetre per hour
        - MilliM-PER-DAY mm/d 0.001/86400 millimetre per day
        H66 MilliM-PER-YR mm/a 0.001/31557600 millimetre per year
    """,
    "acceleration Acceleration": """
        MSK M-PER-SEC2 m/s² 1 metre per second squared
        K40 G g₀ 9.80665 standard acceleration of free fall
    """,
    "frequency Frequency": """
        HTZ HZ Hz 1 hertz
        KHZ KiloHZ kHz 1000 kilohertz
        MHZ MegaHZ MHz 1000000 megahertz
        A86 GigaHZ GHz 1000000000 gigahertz
        C97 PER-SEC 1/s 1 reciprocal second
        C94 PER-MIN 1/min 1/60 reciprocal minute
        H10 PER-HR 1/h 1/3600 reciprocal hour
        E91 PER-DAY 1/d 1/86400 reciprocal day
        - NUM-PER-HR #/h 1/3600 number per hour
    """,
    "angle Angle": """
        C81 RAD rad 1 radian
        DD DEG ° 0.017453292519943295 degree
        D61 ARCMIN ' 0.0002908882086657216 minute of arc
        D62 ARCSEC " 0.00000484813681109536 second of arc
    """,
    "angular velocity AngularVelocity": """
        2A RAD-PER-SEC rad/s 1 radian per second
        E96 DEG-PER-SEC °/s 0.017453292519943295 degree per second
        RPM REV-PER-MIN rpm 0.10471975511965977 revolution per minute
    """,
    "pressure Pressure": """
        PAL PA Pa 1 pascal
        74 MilliPA mPa 0.001 millipascal
        A97 HectoPA hPa 100 hectopascal
        MBR MilliBAR mbar 100 millibar
        KPA KiloPA kPa 1000 kilopascal
        BAR BAR bar 100000 bar
        MPA MegaPA MPa 1000000 megapascal
        ATM ATM atm 101325 standard atmosphere
        HN MilliM_HG mmHg 133.322387415 conventional millimetre of mercury
        HP MilliM_H2O mmH₂O 9.80665 conventional millimetre of water
        PS PSI psi 6894.757293168361 pound-force per square inch
    """,
    "force Force": """
        NEW N N 1 newton
        B47 KiloN kN 1000 kilonewton
    """,
    "torque Torque": """
        NU N-M N·m 1 newton metre
    """,
    "energy Energy": """
        JOU J J 1 joule
        KJO KiloJ kJ 1000 kilojoule
        3B MegaJ MJ 1000000 megajoule
        GV GigaJ GJ 1000000000 gigajoule
        WHR W-HR W·h 3600 watt hour
        KWH KiloW-HR kW·h 3600000 kilowatt hour
        MWH MegaW-HR MW·h 3600000000 megawatt hour
        GWH GigaW-HR GW·h 3600000000000 gigawatt hour
        D32 TeraW-HR TW·h 3600000000000000 terawatt hour
    """,
    "apparent energy Energy": """
        - V-A-HR V·A·h 1 volt ampere hour
        C79 KiloV-A-HR kV·A·h 1000 kilovolt ampere hour
    """,
    "reactive energy Energy": """
        - V-A_Reactive-HR var·h 1 volt ampere reactive hour
        K3 KiloV-A_Reactive-HR kvar·h 1000 kilovolt ampere reactive hour
        MAH MegaV-A_Reactive-HR Mvar·h 1000000 megavolt ampere reactive hour
    """,
    "power Power": """
        WTT W W 1 watt
        D80 MicroW µW 0.000001 microwatt
        C31 MilliW mW 0.001 milliwatt
        KWT KiloW kW 1000 kilowatt
        MAW MegaW MW 1000000 megawatt
        A90 GigaW GW 1000000000 gigawatt
    """,
    "apparent power ApparentPower": """
        D46 V-A V·A 1 volt ampere
        KVA KiloV-A kV·A 1000 kilovolt ampere
        MVA MegaV-A MV·A 1000000 megavolt ampere
    """,
    "reactive power ReactivePower": """
        D44 V-A_Reactive var 1 volt ampere reactive
        KVR KiloV-A_Reactive kvar 1000 kilovolt ampere reactive
        MAR MegaV-A_Reactive Mvar 1000000 megavolt ampere reactive
    """,
    "specific energy SpecificEnergy": """
        J2 J-PER-KiloGM J/kg 1 joule per kilogram
        JK MegaJ-PER-KiloGM MJ/kg 1000000 megajoule per kilogram
        - W-HR-PER-KiloGM W·h/kg 3600 watt hour per kilogram
    """,
    "energy density EnergyDensity": """
        B8 J-PER-M3 J/m³ 1 joule per cubic metre
        JM MegaJ-PER-M3 MJ/m³ 1000000 megajoule per cubic metre
        E46 - kW·h/m³ 3600000 kilowatt hour per cubic metre
        - W-HR-PER-L W·h/L 3600000 watt hour per litre
    """,
    "electric current ElectricCurrent": """
        AMP A A 1 ampere
        B84 MicroA µA 0.000001 microampere
        4K MilliA mA 0.001 milliampere
        B22 KiloA kA 1000 kiloampere
    """,
    "electric charge ElectricCharge": """
        COU C C 1 coulomb
        E09 MilliA-HR mA·h 3.6 milliampere hour
        AMH A-HR A·h 3600 ampere hour
    """,
    "voltage Voltage": """
        VLT V V 1 volt
        D82 MicroV µV 0.000001 microvolt
        2Z MilliV mV 0.001 millivolt
        KVT KiloV kV 1000 kilovolt
        B78 MegaV MV 1000000 megavolt
    """,
    "resistance Resistance": """
        OHM OHM Ω 1 ohm
        B49 KiloOHM kΩ 1000 kiloohm
        B75 MegaOHM MΩ 1000000 megaohm
    """,
    "conductance Conductance": """
        SIE S S 1 siemens
        B99 MicroS µS 0.000001 microsiemens
        C27 MilliS mS 0.001 millisiemens
    """,
    "conductivity Conductivity": """
        D10 S-PER-M S/m 1 siemens per metre
        G43 MicroS-PER-M µS/m 0.000001 microsiemens per metre
        G42 MicroS-PER-CentiM µS/cm 0.0001 microsiemens per centimetre
        - MilliS-PER-M mS/m 0.001 millisiemens per metre
        H61 MilliS-PER-CentiM mS/cm 0.1 millisiemens per centimetre
    """,
    "capacitance Capacitance": """
        FAR FARAD F 1 farad
        4O MicroFARAD µF 0.000001 microfarad
    """,
    "inductance Inductance": """
        81 H H 1 henry
    """,
    "luminous intensity LuminousIntensity": """
        CDL CD cd 1 candela
    """,
    "luminous flux LuminousFlux": """
        LUM LM lm 1 lumen
    """,
    "luminous efficacy LuminousEfficacy": """
        B61 LM-PER-W lm/W 1 lumen per watt
    """,
    "luminance Luminance": """
        A24 CD-PER-M2 cd/m² 1 candela per square metre
    """,
    "illuminance LuminousFluxPerArea": """
        LUX LUX lx 1 lux
        KLX - klx 1000 kilolux
    """,
    "irradiance PowerPerArea": """
        D54 W-PER-M2 W/m² 1 watt per square metre
        D85 MicroW-PER-M2 µW/m² 0.000001 microwatt per square metre
        C32 MilliW-PER-M2 mW/m² 0.001 milliwatt per square metre
        - KiloW-PER-M2 kW/m² 1000 kilowatt per square metre
        N48 W-PER-CentiM2 W/cm² 10000 watt per square centimetre
    """,
    "radiant exposure EnergyPerArea": """
        B13 J-PER-M2 J/m² 1 joule per square metre
        E43 J-PER-CentiM2 J/cm² 10000 joule per square centimetre
        - MegaJ-PER-M2 MJ/m² 1000000 megajoule per square metre
        - W-HR-PER-M2 W·h/m² 3600 watt hour per square metre
        - KiloW-HR-PER-M2 kW·h/m² 3600000 kilowatt hour per square metre
    """,
    "heat transfer coefficient CoefficientOfHeatTransfer": """
        D55 W-PER-M2-K W/(m²·K) 1 watt per square metre kelvin
        N78 KiloW-PER-M2-K kW/(m²·K) 1000 kilowatt per square metre kelvin
    """,
    "thermal conductivity ThermalConductivity": """
        D53 W-PER-M-K W/(m·K) 1 watt per metre kelvin
    """,
    "mass concentration MassDensity": """
        KMQ KiloGM-PER-M3 kg/m³ 1 kilogram per cubic metre
        - NanoGM-PER-M3 ng/m³ 0.000000000001 nanogram per cubic metre
        GQ MicroGM-PER-M3 µg/m³ 0.000000001 microgram per cubic metre
        GP MilliGM-PER-M3 mg/m³ 0.000001 milligram per cubic metre
        A93 GM-PER-M3 g/m³ 0.001 gram per cubic metre
        H29 MicroGM-PER-L µg/L 0.000001 microgram per litre
        M1 MilliGM-PER-L mg/L 0.001 milligram per litre
        GL GM-PER-L g/L 1 gram per litre
        B35 KiloGM-PER-L kg/L 1000 kilogram per litre
        23 GM-PER-CentiM3 g/cm³ 1000 gram per cubic centimetre
    """,
    "amount of substance AmountOfSubstance": """
        C34 MOL mol 1 mole
        C18 MilliMOL mmol 0.001 millimole
    """,
    "amount concentration Concentration": """
        C36 MOL-PER-M3 mol/m³ 1 mole per cubic metre
        M33 MilliMOL-PER-L mmol/L 1 millimole per litre
        C38 MOL-PER-L mol/L 1000 mole per litre
    """,
    "number density InverseVolume": """
        C86 PER-M3 1/m³ 1 reciprocal cubic metre
        K63 PER-L 1/L 1000 reciprocal litre
        H50 PER-CentiM3 1/cm³ 1000000 reciprocal cubic centimetre
    """,
    "fuel consumption -": """
        - - L/100km 1 litre per 100 kilometre
    """,
    "mass per area MassPerArea": """
        28 KiloGM-PER-M2 kg/m² 1 kilogram per square metre
        GO MilliGM-PER-M2 mg/m² 0.000001 milligram per square metre
        GM GM-PER-M2 g/m² 0.001 gram per square metre
    """,
    "volume flow VolumeFlowRate": """
        MQS M3-PER-SEC m³/s 1 cubic metre per second
        G53 M3-PER-MIN m³/min 1/60 cubic metre per minute
        MQH M3-PER-HR m³/h 1/3600 cubic metre per hour
        G52 M3-PER-DAY m³/d 1/86400 cubic metre per day
        G51 L-PER-SEC L/s 0.001 litre per second
        L2 L-PER-MIN L/min 0.001/60 litre per minute
        E32 L-PER-HR L/h 0.001/3600 litre per hour
        LD L-PER-DAY L/d 0.001/86400 litre per day
    """,
    "mass flow MassFlowRate": """
        KGS KiloGM-PER-SEC kg/s 1 kilogram per second
        F29 GM-PER-SEC g/s 0.001 gram per second
        F27 GM-PER-HR g/h 0.001/3600 gram per hour
        E93 KiloGM-PER-HR kg/h 1/3600 kilogram per hour
        F30 KiloGM-PER-DAY kg/d 1/86400 kilogram per day
        E18 TONNE-PER-HR t/h 1/3.6 tonne per hour
    """,
    "kinematic viscosity KinematicViscosity": """
        S4 M2-PER-SEC m²/s 1 square metre per second
    """,
    "ratio DimensionlessRatio": """
        C62 UNITLESS 1 1 one
        P1 PERCENT % 0.01 percent
        NX PPTH ‰ 0.001 part per thousand
        59 PPM ppm 0.000001 part per million
        61 PPB ppb 0.000000001 part per billion
        A59 - okta 0.125 okta
    """,
    "mass fraction MassRatio": """
        M29 KiloGM-PER-KiloGM kg/kg 1 kilogram per kilogram
        - GM-PER-KiloGM g/kg 0.001 gram per kilogram
        NA MilliGM-PER-KiloGM mg/kg 0.000001 milligram per kilogram
        J33 MicroGM-PER-KiloGM µg/kg 0.000000001 microgram per kilogram
    """,
    "count Count": """
        EA - ea 1 each
        H87 - pc 1 piece
        IE - persons 1 person
        HEA - heads 1 head
        - NUM # 1 number
    """,
    "sound level SoundPressureLevel": """
        2N DeciB dB 0 decibel
        - DeciB_A dB(A) 0 decibel A-weighted
    """,
    "acidity Acidity": """
        Q30 PH pH 0 pH
    """,
    "turbidity Turbidity": """
        NTU NTU NTU 0 nephelometric turbidity unit
    """,
    "salinity -": """
        - PSU PSU 0 practical salinity unit
    """,
    "information InformationEntropy": """
        A99 BIT bit 1 bit
        AD BYTE B 8 byte
        2P KiloBYTE kB 8000 kilobyte
        4L MegaBYTE MB 8000000 megabyte
        E34 GigaBYTE GB 8000000000 gigabyte
        E35 TeraBYTE TB 8000000000000 terabyte
    """,
    "data rate DataRate": """
        B10 BIT-PER-SEC bit/s 1 bit per second
        C74 KiloBIT-PER-SEC kbit/s 1000 kilobit per second
        E20 MegaBIT-PER-SEC Mbit/s 1000000 megabit per second
        B80 GigaBIT-PER-SEC Gbit/s 1000000000 gigabit per second
    """,
    "radioactivity Activity": """
        BQL BQ Bq 1 becquerel
        2Q KiloBQ kBq 1000 kilobecquerel
    """,
    "activity concentration ActivityConcentration": """
        A19 BQ-PER-M3 Bq/m³ 1 becquerel per cubic metre
    """,
    "dose equivalent DoseEquivalent": """
        D13 SV Sv 1 sievert
        C28 MilliSV mSv 0.001 millisievert
    """,
    "dose rate AbsorbedDoseRate": """
        P70 SV-PER-HR Sv/h 1 sievert per hour
        P71 MilliSV-PER-HR mSv/h 0.001 millisievert per hour
        P72 MicroSV-PER-HR µSv/h 0.000001 microsievert per hour
        P73 NanoSV-PER-HR nSv/h 0.000000001 nanosievert per hour
    """,
}
"""Quantity and QUDT quantity kind → its units."""

QUDT_SYNONYMS: Final = {
    "ONE": "UNITLESS",
    "TON_Metric": "TONNE",
    "VAR": "V-A_Reactive",
    "KiloVAR": "KiloV-A_Reactive",
    "MegaVAR": "MegaV-A_Reactive",
    "VA": "V-A",
    "KiloVA": "KiloV-A",
    "MegaVA": "MegaV-A",
}
"""Second QUDT names of a unit → the one the table has."""

MISTAKEN_CODES: Final = {
    "DB": ("dry pound", "2N"),
    "GB": ("gallon (US) per day", "E34"),
    "HPA": ("hectolitre of pure alcohol", "A97"),
    "KB": ("kilocharacter", "2P"),
    "KL": ("kilogram per metre", "K6"),
    "KW": ("kilogram per millimetre", "KWT"),
    "LM": ("linear metre", "LUM"),
    "VA": ("volt-ampere per kilogram", "D46"),
}
"""Codes that look like a unit's symbol but mean another → what they mean, and the code that was probably meant."""

SPELLINGS: Final = {
    "CEL": "celsius, celsius degree, degree celsius (c), degree c, degree centigrade, centigrade, degc, deg c, ℃",
    "FAH": "fahrenheit, degree fahrenheit (f), degree f, degf, deg f, ℉",
    "KEL": "degree kelvin, degree kelvin (k), kelvin degree, °K, degK",
    "MTR": "meter",
    "4H": "micron",
    "SMI": "statute mile",
    "MTK": "sqm, m2, metre squared",
    "MTQ": "cbm, cum, m3",
    "LTR": "ltr, lt",
    "CMQ": "cc, ccm",
    "KGM": "kilo, kgs",
    "GRM": "gramme, gr",
    "TNE": "ton, metric ton, tonne metric, tn, to",
    "MC": "mcg",
    "SEC": "sec",
    "MIN": "mins",
    "HUR": "hr, hrs",
    "ANN": "yr",
    "MTS": "mps, metre per sec",
    "KMH": "kmh, kph, kmph, km/hr, kilometre per hr",
    "HM": "mph",
    "KNT": "kts",
    "C62": "no unit, unitless, dimensionless, none, unit",
    "P1": "pct, per cent, percentage",
    "NX": "per mille, per mill, permille, ‰",
    "59": "parts per million",
    "61": "parts per billion",
    "DD": "deg, degree of arc, angular degree",
    "2N": "decibels",
    "A97": "hecto pascal",
    "MBR": "mb, millibar",
    "LUX": "lux",
    "KLX": "klux",
    "WTT": "J/s",
    "D54": "W/sqm",
    "MMT": "litre per square metre, L/m²",
    "D46": "va",
    "KVA": "kva",
    "D44": "var, VAr",
    "KVR": "kvar, kVAr",
    "MAR": "MVAr",
    "K3": "kvarh, kVArh, kilovar hour",
    "MAH": "MVArh, megavar hour",
    "KWH": "kilowatthour",
    "PAL": "N/m²",
    "KPA": "kN/m²",
    "HTZ": "cycle per second, cycle/s",
    "RPM": "r/min, rev/min",
    "BAR": "bars",
    "G42": "us/cm",
    "4L": "mbyte",
    "B10": "bps",
    "C74": "kbps, kb/s",
    "E20": "mbps, Mb/s",
    "B80": "gbps, Gb/s",
    "IE": "people, pax",
    "NTU": "ntu, nephelometric turbidity",
    "dB(A)": "dBA, dB A, decibel a",
    "Q30": "ph unit",
    "#/h": "veh/h, vehicle per hour, vehicles/hour",
}
"""Code, or symbol if absent → other ways to write it, met in models and sensor data; comma-separated."""

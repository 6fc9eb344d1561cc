/** What was hashed below, by the libraries themselves. */
export const password = 'pässwörd of a stable horse';

/** Written by bcrypt 5.0.0 (Python), Django 5.2.17, Werkzeug 3.1.9 and passlib 1.7.4. */
export const stored: Readonly<Record<string, string>> = {
  'bcrypt 2a': '$2a$04$DHkEYeevrdKsYL5X08FaMed.gNOrcE9SWHKJmKpfnd.BjkQwHtX3u',
  'bcrypt 2b': '$2b$04$gkq5eG3ofWh/bhwK/0tfiOZVX5JdZ2cabVmONlq5X8uNlLG3yRWJe',
  'Django bcrypt': 'bcrypt$$2b$04$/MHcHiCEOtxmiBNmCKsy0.Wdf6fRBrE3lmeEVzuXVkt/IITHDYxO6',
  'Django bcrypt_sha256': 'bcrypt_sha256$$2b$04$FumxTRKZD.77g.Z6PgLwkOiACyCfJPBsYI8SAq5REJ95KsKstgFqa',
  'Django pbkdf2_sha256': 'pbkdf2_sha256$1000$oQ3kZ0uD5vBx7a$0Wy0rTjkiVaD3EsObuWhDu11yu+PcU8ws54gde9WKGA=',
  'Django pbkdf2_sha256, a million':
    'pbkdf2_sha256$1000000$oQ3kZ0uD5vBx7a$QA+4GsII/+ct47N/UczPAdoF1hsyfKouNQdHuEaLVGw=',
  'Django pbkdf2_sha1': 'pbkdf2_sha1$1000$oQ3kZ0uD5vBx7a$Eq6DUT3yiTukCrHxrBwHr7L8kOc=',
  'Django scrypt':
    'scrypt$1024$oQ3kZ0uD5vBx7a$8$5$K1Y0iOoZYYPDlULKb8R9SHGcV3IKKXhQFIV5SZ2x8vucpRdU8DDeh1CrId03BvbUTV0BKnzx/FRPG1uHuLNN8Q==',
  'Werkzeug pbkdf2:sha256':
    'pbkdf2:sha256:1000$MOohHainssIS3MFU$40fd5b946bb7fd7bdc7ba961e1c0f491e7fedcba77045c01ca09a5942c691565',
  'Werkzeug pbkdf2:sha512':
    'pbkdf2:sha512:1000$epcTwplolxEappCL$7d0d23f7a769038116cd038693376f84c871dd71d41977c49f6b29b2764799cbe27bcd46941c76dec5701a60e33e6733b6cb3136b8c3fe066c937e28d3c0e103',
  'Werkzeug scrypt':
    'scrypt:1024:8:1$rRapnsUoq4LyW6sW$6f8368911cf6d0f6a16f5d4e3c755d6389d8816c5b0403519881e9c9742b446531c7c3fa6cbc6862144ea9a9f1380eb39152cb6e61669a7d94697f263a393499',
  'passlib pbkdf2_sha256': '$pbkdf2-sha256$1000$XEuJEeIcw/i/FyIEoBRiLA$xF4QBTigK6TSYyvTND1lKFZDuR1KShk0AsVLaemcvbs',
  'passlib pbkdf2_sha512':
    '$pbkdf2-sha512$1000$hBBi7N3bm5MSQkjpfQ.hlA$X6RX1kFz7BkpuQNGJyJK0Bco19/21wMKegEOCY7/sdYzxDWv9fc8CTv3vibc5nwfi9MkHC30wINp4JDeXHwlBg',
  'passlib pbkdf2_sha1': '$pbkdf2$1000$ACBkTImRMsa4V0rJee/9fw$4By1NyzFiayZulTyQ2.cyBca78k',
  'passlib scrypt': '$scrypt$ln=10,r=8,p=1$rnWOUQqB0BrD+F+LkVJqbQ$9QxN+zcG47lRspc/lhIpANakkUqUsoefnHzykohdX5k',
};

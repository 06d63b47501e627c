// SPDX-License-Identifier: Apache-2.0

/// Keys and signatures made with pyca/cryptography 48 (OpenSSL).
enum RSAFixtures {
    /// The string to sign of `ssm-agent.md` §3.2.
    static let stringToSign = """
        AWS4-HMAC-SHA256
        20250102T030405Z
        20250102/test-1/ssm/aws4_request
        25dfa95cede60d548986a8ec5fdf2cf1cb952db4cd5daf363b2ef88c9a4c0683
        """

    /// A private key of 2048 bits as DER PKCS#1, made for these tests only.
    static let privateKey =
        "MIIEpQIBAAKCAQEAht47IgbUbRr/9Wq7EPwIl8Ui+BYqYhsExNnKoJPTpvRBCeiE0PEQ/vvBpWr4tAIJF5lPuIuQwl6ax85a6+MS"
        + "3BJKVHuGd6IGItiSHiqbCJArsMPYsrqY5gpaBolDjbXHe9CbhSRvaWSOR7Vi9PY8yxJfBndBigX34EKWMBT0Rk6kVivTvA4MC6Gt"
        + "Wx25hqX82ik6QUKx9AQr+IJ2XIM2RKoRPZVBS35i7s7sBnSRQWlQkN9VZ76A9RiAnpYlckFs3zQGkX+wZJ6y6p7Pll0NIvC+hcvM"
        + "TB1hefQ4Vxcm1ez1QqKRt++fQX83dMfiZaAR12n/Cwy0IUo0wxtAFLRCgQIDAQABAoIBAAyfJdVe4nV3HLPMJWEHCgs65OiaMz6g"
        + "MBeRTFNjBXoVizRER8QoGcLLLwm6+gO0QKnHn5YLr0rJc/g1n/1KChaBB0zI8w7yIY6t48RuXbj074No9YUKGn7fQoj9dc5NNoCO"
        + "lGdm8mt6GiiscuwUhiCStRFTvghbqG5OVpdKw4hqw+wv+0pG0QIHHyiaabG+6UgAIvj8/ZnSlPyb+K2W9qGwrgv1tf56BvenAFTr"
        + "LbkTeq7xQIUfsWUKYUWLL50P9i440wRvfW+InTUbnqjc9QOFgJBFWPgLP094Z68oMellABqCY8w4+co45dWsgDwnzvvOQ9w5tnDP"
        + "U1aWf3M646MCgYEAuw1IGStDU4tqBZfQSNokxCUjsVgj17VKdjprzCmKHjeRnkTeAORzWV/AAWxTohaJrM3q4qRDDiN+2r6YOi/o"
        + "Jaq2gfZR3jQi+f7YyPStUOz/SpUt8RPJ9bd3Q/p6yW2fx+hgUNgbkTQCr44K8zD7Xol4mQplW5Tsk1V4Ot5Ffe8CgYEAuJS/Gnnd"
        + "OoRgqR9gZOJbTeoViN0Z4tBFcuBe7cBwQTdpDwzPmIxXLBlXkZAV8lu2dQiO1dy4sjHDuZIe2mYMqNreCvROAvtRWu1d6aCr54yx"
        + "jxR4Y7D+YP+it9D0uWbCwtzPuoo0kGnCmbvKeWoxcaKlk36jAJLFHOrzCYxVto8CgYEAgl/Ug+56o82FXVaeT1j0zV4Rjbega+Yp"
        + "e1Rm9EtzwHH85jKcBkU0/PNXEebeOBi7Zx2zfLr/Heixr2evFMd1aGOfh+AW2ei/BD6T/SVFdCVsHyDxf5nKZ6Cz2UbJtIHbH2wh"
        + "TdgDBucYhCJeEXlvi0oIK6tqUDXx2xN0lJt+FjMCgYEAhdwZ23GVZuKp1vzSQ1eFL7Qbee4e38Z7Fxxwu6tbvXAZ2LhJtS/R6EFY"
        + "qE/+Go04fRd/vskbiN9eOi4mAe0QMUTI0tjp2m+4SGDsQoorIPl/q2wFAwdQ87dwoi3/zJUhmX/ZhkbEaBbK8gKmi/bfdLGnspec"
        + "TsYh/R7Gsp37azECgYEAjJzErCjYd6ImiCux4aJ0lk0PpS0+kEj3UJAWDH9wX7biVxiwm/1pwArjLHtwf2h83Ez5JooHuWd/sZEG"
        + "LMwncvNDBUyg0GTcVqggFFkrva1gAQ9UxYQ+wle6rJlaCEvPoMdrcQEPTLUhZeXwRZdKxGswKGWbrBa03vts1ym3UkM="

    /// Its public half as SubjectPublicKeyInfo.
    static let publicKey =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAht47IgbUbRr/9Wq7EPwIl8Ui+BYqYhsExNnKoJPTpvRBCeiE0PEQ/vvB"
        + "pWr4tAIJF5lPuIuQwl6ax85a6+MS3BJKVHuGd6IGItiSHiqbCJArsMPYsrqY5gpaBolDjbXHe9CbhSRvaWSOR7Vi9PY8yxJfBndB"
        + "igX34EKWMBT0Rk6kVivTvA4MC6GtWx25hqX82ik6QUKx9AQr+IJ2XIM2RKoRPZVBS35i7s7sBnSRQWlQkN9VZ76A9RiAnpYlckFs"
        + "3zQGkX+wZJ6y6p7Pll0NIvC+hcvMTB1hefQ4Vxcm1ez1QqKRt++fQX83dMfiZaAR12n/Cwy0IUo0wxtAFLRCgQIDAQAB"

    /// Its public half as PKCS#1.
    static let pkcs1PublicKey =
        "MIIBCgKCAQEAht47IgbUbRr/9Wq7EPwIl8Ui+BYqYhsExNnKoJPTpvRBCeiE0PEQ/vvBpWr4tAIJF5lPuIuQwl6ax85a6+MS3BJK"
        + "VHuGd6IGItiSHiqbCJArsMPYsrqY5gpaBolDjbXHe9CbhSRvaWSOR7Vi9PY8yxJfBndBigX34EKWMBT0Rk6kVivTvA4MC6GtWx25"
        + "hqX82ik6QUKx9AQr+IJ2XIM2RKoRPZVBS35i7s7sBnSRQWlQkN9VZ76A9RiAnpYlckFs3zQGkX+wZJ6y6p7Pll0NIvC+hcvMTB1h"
        + "efQ4Vxcm1ez1QqKRt++fQX83dMfiZaAR12n/Cwy0IUo0wxtAFLRCgQIDAQAB"

    /// Its PSS signature with a salt of 32 bytes over ``stringToSign``.
    static let signature =
        "E3AILiXTjFv3jzHHA4r4XxDHMPPhZex3JGDhbw9EV0yWbFvMkB1MEKHcFq+HLa4jHM0rm5CgABxfR31xWWr4bd1nmDUcY2b81ibL"
        + "oPMyGvEfu3pqM/OVRVA6EF4/ORkClcSMq+SImnAMazUVJKnZhR01Ehg8HROyArdKGNOWj6aByEFMQdDf9bNPQ5EsshTqD/WACbKP"
        + "qzLYIUE2/zCwpRXBV0tSt+FEMFFUaSJeB2NKh0KQdMon8ZZmzyOUfIQWY7Yp+tp2u2v8POtbY5WGDC410bAm1yatXIB5U8b6AbI6"
        + "J4oKzdeUUF4sef+2l60GBKxueAojIFhHnPuo+8orLg=="

    /// The same with a salt of 20 bytes.
    static let shortSaltSignature =
        "g2n4fp3GGJHMsBAphAdm36beGqJOnqvSKAD+4kp+MVVnQTRT8aFLvdlnzKlwAKKiKAs5BAFSYcmQkIWRaJzJIDmYONvi8yEwU29g"
        + "1DWLPk6B0dOKXxd7ZH8k94zhOdn0YhAxgep7y2LqMxiAPviqbVhYfnvg3gAB6PdzZJlLy7MZopnH0bXzpRhPtLItZcypwCKM6gMr"
        + "PMZyIs7lBa/rK4/JfN+HMCXywUxBhE09fgY1IZDS8P+ynfe3h3tvoKFryyzAiuj4bG6NAtqa8b50XsgMWX0iUs7IYHcCgIJDRH4K"
        + "JVb0HEi+A5a1gmsmhxKsjvQBnKrhqZ2CPy4sOGrTCQ=="

    /// A public key of 1024 bits.
    static let smallPublicKey =
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDycXF1hgybUl+Kcwb9Fb4br/G1U2EM2FpyAGdsqhK1+DyD76reQnvcmm/U2XiR"
        + "ep2Lmcn4+bpzIXsjrPsOr8/fdah7H6PGx9SsXM9daiHnc5BgJ3VczEaYUQcn2rUwLZAYywQamrscNdujUVLi+L+z6HYNQrZG/uNF"
        + "Bzk6ahtwcQIDAQAB"

    /// Its private half.
    static let smallPrivateKey =
        "MIICXgIBAAKBgQDycXF1hgybUl+Kcwb9Fb4br/G1U2EM2FpyAGdsqhK1+DyD76reQnvcmm/U2XiRep2Lmcn4+bpzIXsjrPsOr8/f"
        + "dah7H6PGx9SsXM9daiHnc5BgJ3VczEaYUQcn2rUwLZAYywQamrscNdujUVLi+L+z6HYNQrZG/uNFBzk6ahtwcQIDAQABAoGBAOKS"
        + "sETzzM5PUihyTWKyMiNv74TU8krt2sDVrdI4sxnKbsuibN4f5d+JmN+jiXDz1U5EoCOFRwEXlhwGKe5U0f8jI30M7hrbPGkO9NFq"
        + "C/fkXq8aFHO+aMFNGXkIxg5bHlfGHxpu9ZSrC48FHWuRmJyVcSLm9Tly8KnFH0cY1nbBAkEA/NwF+wR3Da+T7HQv1KdMj5ja04lP"
        + "R9SLEehxfbPpCgOwyyYrsQmmZkk24kX6fVjp93iaerREJxNM62CznAdAKQJBAPV0TPtYnpLJbVdw37PLG7GV257msNw3CMMit06R"
        + "TgWyltHSoxqHprhedLT8JPBEk5ICbvTU2uVhKOimxgcylwkCQQDSZjIDwJ9fn+0yHyt9gwfNpJ7QzbxORKjDaeqlcgJC9vcw0r4g"
        + "PatcCSfF9/yKOGXWKWBBIaZj7Udfw8Mv3UihAkA7jMfQgyOVwUDB4iSj3jcN0qnB1345LzD1BssqSJ6BS17D8TKZESgluuTds/7S"
        + "PBEBb42z4KBq3jOqniuVO3ThAkEA1iNonLHpcmLwrm9WAkhvFqfNnOlRvY4nHSC3yuloIrwwY5k5F8Gnm9O8jQQ03VkEBfqcfIB0"
        + "iy5+wE9qum+gig=="

    /// A public key on P-256.
    static let ellipticPublicKey =
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErXwk1eaSr8IEvND+6wfdxLAHUpKHzHuSO0IrOeS3Yvi47sf+5qa+A/Ddn8DR5XK/"
        + "pd9vRurZTuScDVxsplgFVw=="
}

#include "base/hash.h"
#include "base/error.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

/* struct hash is OpenSSL's context under another name, so that no user of it sees OpenSSL. */

struct hash *hash_open(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
		BUG("SHA-256 is not available in this libcrypto");
	return (struct hash *)ctx;
}

void hash_add(struct hash *h, const void *p, size_t len)
{
	if (!EVP_DigestUpdate((EVP_MD_CTX *)h, p, len))
		BUG("EVP_DigestUpdate failed");
}

void hash_add_str(struct hash *h, const char *s)
{
	if (s)
		hash_add(h, s, strlen(s) + 1);
	else
		hash_add(h, "\1", 2);
}

void hash_close(struct hash *h, char hex[HASH_HEX_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (!EVP_DigestFinal_ex((EVP_MD_CTX *)h, digest, &n) || n != 32)
		BUG("EVP_DigestFinal_ex failed");
	EVP_MD_CTX_free((EVP_MD_CTX *)h);
	for (unsigned int i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void hash_hex(const void *p, size_t len, char hex[HASH_HEX_SIZE])
{
	struct hash *h = hash_open();

	hash_add(h, p, len);
	hash_close(h, hex);
}

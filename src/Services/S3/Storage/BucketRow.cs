using System.Security.Cryptography;
using System.Text;
using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>A bucket with the key of its row, from which the keys of all it holds follow.</summary>
internal readonly record struct BucketRow(StoreKey Key, BucketRecord Record)
{
    public string Name => Record.Name;

    /// <summary>The owner as answers show it.</summary>
    public string OwnerId => CanonicalId(Record.AccountId);

    public StoreKey ObjectKey(string key) => Key.Add(key);

    public StoreKey UploadKey(string key, string uploadId) => Key.Add(key, uploadId);

    public StoreKey PartsKey(string uploadId) => Key.Add(uploadId);

    public StoreKey PartKey(string uploadId, int number) => Key.Add(uploadId, number);

    /// <summary>An account's canonical user id: 64 hexadecimal digits that follow from the account.</summary>
    public static string CanonicalId(string accountId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("canonical-user:" + accountId)));
}

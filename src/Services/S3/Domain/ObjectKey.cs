using System.Text;

namespace Fogbank.Services.S3.Domain;

/// <summary>The rules of object keys, and their order: UTF-8 bytes, which is not the order of UTF-16 strings.</summary>
internal static class ObjectKey
{
    public const int MaxBytes = 1024;

    /// <summary>Throws S3's <c>KeyTooLongError</c> where the key is longer than 1024 bytes of UTF-8.</summary>
    public static void Check(string key)
    {
        if (key.Length > MaxBytes || Encoding.UTF8.GetByteCount(key) > MaxBytes)
        {
            throw S3Errors.KeyTooLong(Encoding.UTF8.GetByteCount(key));
        }
    }

    /// <summary>Compares two keys the way S3 lists them.</summary>
    public static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            char a = left[i], b = right[i];
            if (a != b)
            {
                // Surrogates stand for code points above U+FFFF, which sort behind every other character in UTF-8.
                var aHigh = char.IsSurrogate(a);
                var bHigh = char.IsSurrogate(b);
                return aHigh == bHigh ? a.CompareTo(b) : aHigh ? 1 : -1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}

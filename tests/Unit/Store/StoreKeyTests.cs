using System.Text;
using CsCheck;
using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Unit.Store;

public sealed class StoreKeyTests
{
    private static readonly string[] Odd = ["", "\0", "a\0", "\0a", "a\0\u00FF", "é", "\uFFFF", "😀", "\u0001"];
    private static readonly long[] Edges = [0, -1, 1, 255, 256, long.MinValue, long.MaxValue];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String.AlphaNumeric, Gen.Int[0, Odd.Length - 1].Select(i => Odd[i]));

    private static readonly Gen<StoreKeyPart[]> Parts = Gen.OneOf(
        Texts.Select(text => (StoreKeyPart)text),
        Gen.OneOf(Gen.Long, Gen.Int[0, Edges.Length - 1].Select(i => Edges[i])).Select(number => (StoreKeyPart)number)).Array[0, 4];

    [Fact]
    public void Keys_sort_as_their_parts_do() => Gen.Select(Parts, Parts).Sample((a, b) =>
        Assert.Equal(Math.Sign(Compare(a, b)), Math.Sign(Key(a).CompareTo(Key(b)))));

    [Fact]
    public void Parts_are_read_as_they_were_written() => Parts.Sample(parts =>
        Assert.Equal(parts.Select(part => (part.Text, part.Integer)), Key(parts).Parts().Skip(2).Select(part => (part.Text, part.Integer))));

    [Fact]
    public void A_key_lies_under_another_only_by_whole_parts() => Gen.Select(Parts, Parts).Sample((a, b) =>
    {
        var isPrefix = a.Length <= b.Length && Compare(a, b[..a.Length]) == 0;
        Assert.Equal(isPrefix, Key(b).StartsWith(Key(a)));
        Assert.Equal(isPrefix, KeyRange.Under(Key(a)).Contains(Key(b)));
    });

    [Fact]
    public void A_text_prefix_selects_what_begins_with_it() => Gen.Select(Texts, Texts).Sample((prefix, text) =>
        Assert.Equal(
            Encoding.UTF8.GetBytes(text).AsSpan().StartsWith(Encoding.UTF8.GetBytes(prefix)),
            KeyRange.TextPrefix(Key([]), prefix).Contains(Key([text]))));

    [Fact]
    public void A_lone_surrogate_is_no_key() => Assert.Throws<EncoderFallbackException>(() => Key(["\uD800"]));

    [Fact]
    public void A_token_survives_its_text_and_garbage_is_no_token()
    {
        var token = ScanToken.At(Key(["a", 7]));
        Assert.True(ScanToken.TryParse(token.ToString(), out var parsed));
        Assert.Equal(token, parsed);
        Assert.False(ScanToken.TryParse("not a token!", out _));
        Assert.False(ScanToken.TryParse(null, out _));
    }

    private static StoreKey Key(StoreKeyPart[] parts) => StoreKey.Of("111111111111", "eu-west-1", parts);

    private static int Compare(StoreKeyPart[] a, StoreKeyPart[] b)
    {
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var order = (a[i].Text, b[i].Text) switch
            {
                (null, null) => a[i].Integer.CompareTo(b[i].Integer),
                (null, _) => -1,
                (_, null) => 1,
                var (x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }
}

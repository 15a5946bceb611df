using System.Text;
using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;

namespace Fogbank.Wire.Rest;

/// <summary>
/// Values of a REST request: those bound to label, query and headers first, then the body's, which come from the source of the body's own
/// syntax.
/// </summary>
/// <param name="request">The request.</param>
/// <param name="openBody">Opens the body's source, given the member that is the payload, or null for an ordinary body.</param>
internal sealed class RestSource(WireRequest request, Func<MemberSchema?, ValueSource> openBody) : ValueSource
{
    private readonly BoundValues _bound = new(request);
    private ValueSource? _body;
    private Stage _stage;
    private int _cursor = -1;
    private int _bodyMember = -1;
    private bool _isInRoot;
    private int _depth;

    private enum Stage
    {
        Bound,
        Payload,
        Body,
        Raw,
        End,
    }

    /// <summary>Where the value at hand stands.</summary>
    private ValueSource Current => _stage == Stage.Bound ? _bound : _body!;

    public override bool Next(ShapeSchema schema, ref int member)
    {
        if (_isInRoot && (_depth > 0 || member < 0))
        {
            return NextInBody(schema, ref member);
        }

        _isInRoot = true;
        if (_stage == Stage.Bound)
        {
            while (++_cursor < schema.Members.Count)
            {
                if (_bound.TryTake(schema.Members[_cursor]))
                {
                    member = _cursor;
                    return true;
                }
            }

            _stage = schema.PayloadMember >= 0 ? Stage.Payload : Stage.Body;
            if (_stage == Stage.Payload)
            {
                if (TakePayload(schema.Members[schema.PayloadMember]))
                {
                    member = schema.PayloadMember;
                    return true;
                }

                _stage = Stage.End;
            }
            else if (!schema.HasBodyMembers || request.Body.IsEmpty)
            {
                _stage = Stage.End;
            }
            else
            {
                _body = openBody(null);
            }
        }

        while (_stage == Stage.Body)
        {
            if (!_body!.Next(schema, ref _bodyMember))
            {
                _stage = Stage.End;
            }
            else if (schema.Members[_bodyMember].Location == WireLocation.Body)
            {
                member = _bodyMember;
                return true;
            }
        }

        return false;
    }

    public override bool NextItem(TypeSchema list, ref int item) => Current.NextItem(list, ref item);

    public override bool NextEntry(TypeSchema map, ref int entry, out string key) => Current.NextEntry(map, ref entry, out key);

    public override string String(TypeSchema type)
    {
        if (_stage != Stage.Raw)
        {
            return Current.String(type);
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(request.Body.Span);
        }
        catch (DecoderFallbackException e)
        {
            throw new WireFormatException("The body is not valid UTF-8.", e);
        }
    }

    public override bool Boolean(TypeSchema type) => Current.Boolean(type);

    public override int Int32(TypeSchema type) => Current.Int32(type);

    public override long Int64(TypeSchema type) => Current.Int64(type);

    public override double Double(TypeSchema type) => Current.Double(type);

    public override ReadOnlyMemory<byte> Blob(TypeSchema type) => _stage == Stage.Raw ? request.Body : Current.Blob(type);

    public override DateTimeOffset Timestamp(TypeSchema type) => Current.Timestamp(type);

    public override JsonElement Document(TypeSchema type) => Current.Document(type);

    public override Stream Stream(TypeSchema type) =>
        request.BodyStream ?? new MemoryStream(request.Body.ToArray(), writable: false);

    public override bool TakeSkippedNull() => _body?.TakeSkippedNull() ?? false;

    public override void Finish() => _body?.Finish();

    private bool NextInBody(ShapeSchema schema, ref int member)
    {
        if (member < 0)
        {
            _depth++;
        }

        if (Current.Next(schema, ref member))
        {
            return true;
        }

        _depth--;
        return false;
    }

    private bool TakePayload(MemberSchema payload)
    {
        switch (payload.Type.Kind)
        {
            case WireKind.Stream:
                _stage = Stage.Raw;
                return true;
            case WireKind.Blob or WireKind.String when !request.Body.IsEmpty:
                _stage = Stage.Raw;
                return true;
            case WireKind.Structure or WireKind.Document or WireKind.List or WireKind.Map when !request.Body.IsEmpty:
                _body = openBody(payload);
                return true;
            default:
                return false;
        }
    }
}

using System.Globalization;
using System.Text;

namespace Fogbank.Lambda;

/// <summary>
/// The console in the form of AWS's .NET runtime: <c>TIME\tREQUEST\tLEVEL\tMESSAGE</c>, a line a record. With JSON logging each
/// line is an object instead.
/// </summary>
internal sealed class LogWriter(Stream output, TimeProvider time, string level, bool json) : TextWriter(CultureInfo.InvariantCulture)
{
    private static string s_requestId = "";

    private readonly Lock _gate = new();
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>What standard output became; the console itself wraps it.</summary>
    public static LogWriter? Installed { get; private set; }

    /// <summary>Sends the console through records of the log.</summary>
    public static void Install(TimeProvider time)
    {
        var json = string.Equals(Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_FORMAT"), "JSON", StringComparison.OrdinalIgnoreCase);
        Installed = new LogWriter(Console.OpenStandardOutput(), time, "info", json);
        Console.SetOut(Installed);
        Console.SetError(new LogWriter(Console.OpenStandardError(), time, "fail", json));
    }

    public static void SetRequest(string requestId) => Volatile.Write(ref s_requestId, requestId);

    public override void Write(char value)
    {
        lock (_gate)
        {
            Append(value);
        }
    }

    public override void Write(string? value)
    {
        lock (_gate)
        {
            foreach (var letter in value ?? "")
            {
                Append(letter);
            }
        }
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine(string? value)
    {
        // One call is one record, whatever newlines it holds.
        lock (_gate)
        {
            _line.Append(value);
            End();
        }
    }

    /// <summary>A record of another level than the stream's.</summary>
    public void Record(string recordLevel, string message)
    {
        lock (_gate)
        {
            if (_line.Length > 0)
            {
                End();
            }

            _line.Append(message);
            End(recordLevel);
        }
    }

    public override void Flush()
    {
        lock (_gate)
        {
            if (_line.Length > 0)
            {
                End();
            }
        }
    }

    private void Append(char letter)
    {
        if (letter == '\n')
        {
            End();
        }
        else if (letter != '\r')
        {
            _line.Append(letter);
        }
    }

    private void End(string? recordLevel = null)
    {
        var text = _line.ToString().ReplaceLineEndings("\r");
        _line.Clear();
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var record = json ? LogDocument.Write(now, recordLevel ?? level, s_requestId, text) : $"{now}\t{s_requestId}\t{recordLevel ?? level}\t{text}";
        output.Write(Encoding.UTF8.GetBytes(record + "\n"));
        output.Flush();
    }
}

namespace Upper;

/// <summary>Functions of the tests in C#.</summary>
public class Function
{
    private int _calls;

    public async Task<Answer> Handle(Question question)
    {
        Console.WriteLine($"asked {question.Text}");
        await Task.Yield();
        return question.Text == "fail" ? throw new InvalidOperationException("told to") : new Answer(question.Text.ToUpperInvariant(), ++_calls);
    }
}

public record Question(string Text);

public record Answer(string Text, int Calls);

"""Replies by kind: the options, and beside each reply the option that a person reads, or None."""

from __future__ import annotations

ANIMALS = ("cat", "dog", "red cube", "bird")
ANGLES = ("30°", "45°", "60°", "90°")
COUNTS = ("0", "1", "2", "3")
FRACTIONS = (r"\frac{1}{2}", r"\frac{1}{3}", r"\frac{2}{3}", r"\frac{3}{4}")
VITAMINS = ("Vitamin A", "Vitamin B", "Vitamin C", "Vitamin D")
REPLIES = {
    "a letter and its dress": (
        ANIMALS,
        [
            ("B", 1), ("b", 1), ("(B)", 1), ("[B]", 1), ("B.", 1), ("B)", 1), ("B:", 1), ("**B**", 1),
            ("*B*", 1), ("_B_", 1), ("`B`", 1), ("「B」", 1), ("“B”", 1), ("> B", 1), ("- B", 1),
            ("# B", 1), ("<b>B</b>", 1), ("$B$", 1), ("$$B$$", 1), ("B!", 1), (" B ", 1),
            ("(B", 1), ("B\r\n", 1), ("**(B) dog**", 1), ("B - dog", 1), ("B – dog", 1), ("B) Dog.", 1),
            ("B dog", 1), ("Option B", 1), ("option (b)", 1), ("Choice B.", 1), ("letter B", 1),
            ("\u24b7", 1), ("**B**. dog", 1), ("B\n\nThe ears give it away.", 1), ("E", None),
            ("~~A~~ B", 1), ("- [ ] A\n- [x] B\n- [ ] C", 1), ("| B |", 1), ("B, dog", 1),
        ],
    ),
    "announcements": (
        ANIMALS,
        [
            ("Final Answer: B", 1), ("**Final answer**: (B)", 1), ("The answer is (B).", 1),
            ("The correct answer is option B", 1), ("The answer must be B.", 1), ("Answer - B", 1),
            ("Answer is B", 1), ("ANSWER: B", 1), ("## Final Answer:\n\n(B)", 1), ("Answer:\n\n- B", 1),
            ("My final choice is B.", 1), ("The correct option is (B) dog.", 1), ("Answer:\tB", 1),
            ("The right choice: B", 1), ("Selected option: B", 1), ("Answer (final): B", 1),
            ("Answer: the second one", None), ("A cat sleeps. Answer: dog", 1), ("Answer: dog!", 1),
            ("It purrs. The answer is therefore A.", 0), ("Answer: C\nHmm.\nAnswer: B", 1),
            ("Answer: B. The cat is only in the background.", 1), ("The final answer is: dog.", 1),
            ("The answer is B, since option A shows a cat.", 1), ("The dog is the answer.", 1),
            ("B is correct.", 1), ("I pick B.", 1), ("I'd go with B", 1), ("I will select (B).", 1),
            ("It must be B.", 1), ("Therefore, B.", 1), ("So the answer would be B", 1), ("Hence B", 1),
            ("The only option that fits is B.", 1), ("Answer to the question: B", 1),
            ("Final answer:", None), ("Let me think.\nAnswer:", None),
        ],
    ),
    "boxes, tags and JSON": (
        ANIMALS,
        [
            (r"\boxed{\text{B}}", 1), (r"\boxed{\textbf{B. dog}}", 1), (r"$$\boxed{\mathrm{(B)}}$$", 1),
            (r"\boxed{dog}", 1), (r"\boxed{\text{The } \textbf{dog}}", 1), (r"\boxed{B", 1),
            (r"\boxed{A} is wrong, \boxed{B}", 1), ("\\boxed{A}\nNo: \\boxed{B}", 1), (r"\fbox{B}", 1),
            (r"\boxed{A} or \boxed{B}", None), (r"\boxed{}", None), (r"Answer: $\boxed{B}$.", 1),
            ("<answer>B</answer>", 1), ("<answer>\nB\n</answer>", 1), ("<answer>\nB. dog\n</answer>", 1),
            ("<think>A</think><answer>B</answer>", 1), ("<ANSWER> (B) </ANSWER>", 1), ("<answer>B", 1),
            ("<answer>\nThe animal barks.\nAnswer: B\n</answer>", 1), ("<answer></answer>", None),
            ("<answer>A</answer>\n<answer>B</answer>", 1), ('{"answer": "B"}', 1), ("{'answer': 'B'}", 1),
            ('{"reason": "A purrs", "answer": "B"}', 1), ('{"answer": "B", "why": "not A"}', 1),
            ('```json\n{\n  "answer": "dog"\n}\n```', 1), ("<think>It is B", None), ("</think>B", 1),
            ("<think>A, no: C</think>\n\nB", 1),
        ],
    ),
    "other languages": (
        ANIMALS,
        [
            ("答案是B", 1), ("答案：B", 1), ("正确答案是B。", 1), ("答案为 B", 1), ("选B", 1), ("我选择B", 1),
            ("应选B。", 1), ("选项B", 1), ("不是A，是B", 1), ("正解はBです", 1), ("答えはBです。", 1),
            ("정답: B", 1), ("정답은 B입니다.", 1), ("Antwort: B", 1), ("Die richtige Antwort ist B.", 1),
            ("Nicht A, sondern B.", 1), ("Réponse : B", 1), ("La bonne réponse est B.", 1),
            ("La réponse correcte est (B).", 1), ("Respuesta: B", 1), ("La respuesta es B.", 1),
            ("No es A, sino B.", 1), ("Resposta: B", 1), ("Risposta: B", 1), ("Ответ: B.", 1),
            ("Правильный ответ: B", 1), ("الإجابة: B", 1), ("उत्तर: B", 1), ("Đáp án: B", 1),
            ("Cevap: B", 1), ("Odpowiedź: B", 1), ("B。狗。", 1),
        ],
    ),
    "denied letters": (
        ANIMALS,
        [
            ("A is wrong. B fits.", 1), ("A is wrong, so B.", 1), ("Not A. B.", 1), ("A isn't right; B is.", 1),
            ("not A but B", 1), ("It is not A, but B.", 1), ("B, not A", 1), ("B and not A", 1),
            ("B rather than A", 1), ("B instead of A.", 1), ("Rather than A, I choose B.", 1),
            ("A is incorrect and B is correct.", 1), ("While A is wrong, B is right.", 1),
            ("A can't be right. C can't be right. D can't be right. B it is.", 1), ("Not A", None),
            ("A, C and D are wrong.", None), ("A, C and D are wrong. The answer is B.", 1),
            ("Neither A nor B.", None), ("neither", None), ("None of the above", None), ("No.", None),
            ("It isn't A.", None), ("The answer is not A.", None), ("The answer isn't B", None),
            ("Answer: not B", None), ("I don't think it is A.", None), ("It can't be C.", None),
            ("A is ruled out, leaving B.", 1), ("Eliminating A, C and D leaves B.", 1),
            ("A: wrong\nB: correct\nC: wrong\nD: wrong", 1), ("(A) is false. (B) is true.", 1),
            ("Option A does not fit. Option B does.", 1), ("A. Wrong. B. Right.", 1),
            ("Wrong answers: A, C, D.", None), ("It is not a dog.", None), ("There is no dog.", None),
            ("Answer: It isn't the cat but the dog.", 1), ("no dog", None),
            ("A cat? No. A dog? Yes.", 1), ("It's neither a cat nor a bird.", None), ("except B", None),
            ("B is not correct.", None), ("(B) doesn't match.", None), ("Option C is eliminated.", None),
            ("The answer is B. It is not A.", 1), ("Answer: B. The animal does not purr.", 1),
            ("B. It does not purr.", 1), ("B, because it isn't a cat.", 1), ("B since the others are wrong", 1),
            ("A purrs, so it is wrong.", None), ("No doubt it is B.", 1), ("Without a doubt, B.", 1),
        ],
    ),
    "several letters": (
        ANIMALS,
        [
            ("A and B", None), ("A or B", None), ("A, B", None), ("A/B", None), ("A & B", None),
            ("A, B and C", None), ("Both A and B are correct.", None), ("A-D", None), ("A–D", None),
            ("A through D", None), ("Between A and B.", None), ("(A), (C)", None), ("Answer: A and C", None),
            ("Answer: A or B", None), ("Either A or C", None), ("A, B, C, D", None), ("A\nB", None),
            ("A. cat\nB. dog\nC. red cube\nD. bird", None), ("A or B? B.", None), ("Options A to C", None),
            ("A. cat\nB. dog\nC. red cube\nD. bird\n\nAnswer: B", 1), ("It is A or B, so B.", 1),
            ("The cat chases the dog.", None), ("A, no wait, B.", 1), ("A... actually, B.", 1),
        ],
    ),
    "words and abbreviations": (
        ANIMALS,
        [
            ("N/A", None), ("n/a", None), ("U.S.A.", None), ("Answer: U.S.A.", None), ("Q&A", None),
            ("R&B", None), ("e.g.", None), ("D.C.", None), ("A4", None), ("B-52", None), ("A+", None),
            ("C++", None), ("C#", None), ("Ph.D.", None), ("Hepatitis B", None), ("Vitamin C", None),
            ("Answer: Vitamin D", None), ("A bird?", 3), ("A fish.", None), ("a", 0), ("At night", None),
            ("P(A) = 0.5", None), ("An animal.", None), ("As far as I can see, a fish.", None),
            ("A good question!", None), ("Plan B", None), ("5 C", None), ("20 °C", None), ("USB-C", None),
            ("type A personality", None), ("A.I.", None), ("hot", None), ("Grade A beef", None),
            ("I think B", 1), ("a dog", 1), ("The dog.", 1), ("Dogs and cats", None), ("dog-like", None),
        ],
    ),
    "hedging and refusal": (
        ANIMALS,
        [
            ("I don't know.", None), ("It could be A.", None), ("Maybe A, maybe B.", None), ("", None),
            ("I cannot determine the answer.", None), ("I'm not able to view images.", None), ("?", None),
            ("It might be a dog or a cat.", None), ("I'm not sure if it is a dog.", None), ("...", None),
            ("Sorry, as a language model I cannot see the image.", None), ("Unclear.", None),
            ("I cannot tell whether it is A or B.", None), ("If it purrs, A; if it barks, B.", None),
            ("Answer: unknown", None), ("Answer: cannot be determined", None), ("Possibly C.", None),
            ("I am not sure, but I choose B.", 1), ("Probably B", 1), ("A difficult case.", None),
        ],
    ),
    "counts": (
        COUNTS,
        [
            ("2", 2), ("two", 2), ("Answer: Two.", 2), ("There are three dogs.", 3), ("2.0", 2), ("2.", 2),
            ("zero", 0), ("There is one dog.", 1), ("-2", None), ("−2", None), ("2.5", None), ("1/2", None),
            ("12", None), ("2^5", None), ("2⁵", None), ("1 + 1 = 2", 2), ("2-3", None), ("1:2", None),
            ("between 2 and 3", None), ("more than 2", None), ("2 or 3", None), ("≥2", None), ("C", 2),
            ("D. 3", 3), ("A. 3", None), ("3rd", None), ("20%", None), ("1,000", None), ("\\boxed{2}", 2),
            ("$2$", 2), ("not 2 but 3", 3), ("There are 2 dogs.", 2), ("+2", 2), ("３", 3), ("2 000", None),
        ],
    ),
    "signs": (("3", "-3", "3.5", "13"), [
        ("−3", 1), ("–3", 1), ("-3", 1), ("minus 3", 1), ("negative 3", 1), ("$-3$", 1), ("3", 0), ("+3", 0),
        ("Answer: −3", 1), ("It is –3.", 1), ("The result is -3.", 1), ("3.50", 2), ("3,5", None),
        ("\\boxed{-3}", 1), ("x = -3", 1), ("x = 3", 0), ("-13", None), ("-3.5", None), ("3.55", None),
    ]),
    "fractions and powers": (("0.5", "5", "25", "1/5"), [
        (".5", 0), ("0.50", 0), ("1/5", 3), (r"\frac{1}{5}", 3), (r"\frac15", 3), ("5", 1), ("5.0", 1),
        ("2/5", None), ("5/2", None), ("2^5", None), ("5^2", None), ("5²", None), ("$.5$", 0), ("-.5", None),
        ("1/25", None), ("2.5", None), ("Answer: .5", 0), ("The value is .5.", 0), ("5!", 1), (r"$\dfrac{1}{5}$", 3),
    ]),
    "thousands and money": (("100", "1,000", "10,000", "$5"), [
        ("1000", 1), ("1,000", 1), ("1 000", 1), ("10000", 2), ("10 000", 2), ("10\u202f000", 2), ("100,000", None),
        ("1,000.", 1), ("$5", 3), ("5 dollars", 3), ("$50", None), ("$5.00", 3), ("Answer: $5", 3), ("1{,}000", 1),
        ("about 100", 0), ("100.5", None), ("1100", None),
    ]),
    "units": (ANGLES, [
        ("45°", 1), ("45 degrees", 1), ("45", 1), (r"45^\circ", 1), (r"$45^{\circ}$", 1), ("45 °", 1),
        (r"\boxed{45^{\circ}}", 1), ("The angle is 45 degrees.", 1), ("450", None), ("145°", None), ("4.5°", None),
        ("B. 45", 1), ("A. 45°", None), ("-45°", None), ("Answer: 45 deg", 1),
    ]),
    "lengths": (("5 cm", "5 m", "50 cm", "5 km"), [
        ("5 cm", 0), ("5cm", 0), ("5 centimeters", 0), ("5 meters", 1), ("5 metres", 1), ("5 km", 3), ("5", None),
        ("50", 2), ("5 mm", None), ("It is 5 kilometres long.", 3), (r"5 \text{ cm}", 0),
    ]),
    "fractions in LaTeX": (FRACTIONS, [
        (r"\boxed{\frac{1}{3}}", 1), (r"\frac{1}{3}", 1), ("1/3", 1), (r"$\dfrac{1}{3}$", 1), (r"\(\frac{1}{3}\)", 1),
        (r"\boxed{\text{(B) } \frac{1}{3}}", 1), (r"\boxed{\text{B}}", 1), (r"The answer is $\frac{3}{4}$.", 3),
        (r"\boxed{\dfrac{2}{3}}.", 2), (r"\frac{1}{4}", None), (r"\boxed{B. \frac{1}{3}}", 1),
    ]),
    "numerals as options": (("I", "II", "III", "IV"), [
        ("I", 0), ("II", 1), ("Answer: IV", 3), ("Answer: I", 0), ("B", 1), ("C. III", 2), ("\\boxed{I}", 0),
        ("The answer is I.", 0), ("I think II", 1), ("I do not know", None), ("V", None),
    ]),
    "letters as options": (("X", "Y", "Z", "W"), [
        ("X", 0), ("y", 1), ("Answer: Z", 2), ("The answer is W.", 3), ("B", 1), ("B. Y", 1), ("(X)", 0),
        ("B. Z", None), ("not X but Y", 1), ("\\boxed{Z}", 2), ("X or Y", None), ("X-ray", None),
    ]),
    "letters that change places": (("D", "C", "B", "A"), [
        ("C", 2), ("C. B", 2), ("A. D", 0), ("Answer: D", 3), ("(B) C", 1), ("A. C", None),
    ]),
    "vitamins": (VITAMINS, [
        ("Vitamin C", 2), ("Answer: vitamin c", 2), ("The answer is Vitamin B.", 1), ("B", 1), ("C. Vitamin C", 2),
        ("C. Vitamin D", None), ("It is not vitamin A but vitamin D.", 3), ("Vitamin A and Vitamin B", None),
        ("The patient lacks vitamin D.", 3), ("Vitamin K", None),
    ]),
    "yes and no": (("yes", "no"), [
        ("Yes.", 0), ("No.", 1), ("No, there is no dog.", 1), ("Yes, it is not hidden.", 0), ("Answer: no", 1),
        ("The answer is yes.", 0), ("A", 0), ("B", 1), ("B. no", 1), ("It is unclear.", None), ("I don't know.", None),
        ("There is no way to tell.", None), ("A. no", None),
    ]),
}  # fmt: skip
"""Kind of reply: its options, then its replies."""

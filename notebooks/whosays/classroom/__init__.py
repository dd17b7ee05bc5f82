"""The class: answer files of students read together, a simulated class, bundles for students, and grading."""
